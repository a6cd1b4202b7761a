export function render({model}) {
  model.on('msg:custom', (message) => { if (message.go && message.go.startsWith('/')) window.location.assign(message.go) })
}
