export function render({model, el}) {
  const bell = document.createElement('a')
  bell.href = model.href
  const sign = Object.assign(document.createElement('span'), {className: 'icon', textContent: 'notifications', ariaHidden: 'true'})
  const count = document.createElement('b')
  bell.append(sign, count)
  el.append(bell)
  const draw = () => {
    const words = model.unread ? `Inbox, ${model.unread} unread` : 'Inbox'
    bell.setAttribute('aria-label', words)
    bell.title = words
    count.textContent = model.unread > 99 ? '99+' : model.unread
    count.hidden = !model.unread
  }
  const known = () => ('Notification' in window ? window.Notification.permission : 'missing')
  const tell = () => model.send_msg({permission: known()})
  const show = ({title, text, tag}) => {
    if (known() !== 'granted') return
    // tabs of one browser show the same tag once
    const note = new window.Notification(title, {body: text, tag})
    note.onclick = () => { window.focus(); window.location.assign(model.href) }
  }
  model.on('msg:custom', (message) => {
    if (message.notify) show(message.notify)
    if (message.permit) {
      if (known() === 'default') window.Notification.requestPermission(tell)
      else tell()
    }
  })
  model.on('unread', draw)
  draw()
}
