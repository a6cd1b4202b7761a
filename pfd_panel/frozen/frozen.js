(() => {
  const {documents, items} = JSON.parse(document.getElementById('frozen-data').textContent)
  if (items) Bokeh.embed.embed_items(documents, items)
})()
