"""Parts of the page that shows what a model's test found."""
