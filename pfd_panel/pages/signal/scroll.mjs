export function render({model, el}) {
  const mark = document.createElement('span')
  el.append(mark)
  model.on('msg:custom', () => mark.scrollIntoView({behavior: 'smooth', block: 'center'}))
}
