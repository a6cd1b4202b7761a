// Draws the OpenAPI document. Text only ever goes in as text, so nothing in the document can become markup.
const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  node.append(...children.filter((child) => child !== null && child !== ''))
  return node
}
const pretty = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
const block = (value) => make('pre', { tabindex: '0' }, pretty(value))

// `words` of our own descriptions become code, blank lines paragraphs
const prose = (text) => text.split(/\n\s*\n/).filter((part) => part.trim()).map((part) =>
  make('p', {}, ...part.split('`').map((piece, place) => (place % 2 ? make('code', {}, piece) : piece))))

const typeOf = (schema) => {
  if (schema.$ref) return schema.$ref.split('/').pop()
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return choices.map(typeOf).join(' or ')
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(', ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`
  const low = schema.minimum ?? schema.exclusiveMinimum
  const high = schema.maximum ?? schema.exclusiveMaximum
  const range = low !== undefined || high !== undefined ? `, ${low ?? ''} to ${high ?? ''}` : ''
  return [].concat(schema.type ?? 'anything').join(' or ') + range
}

const fields = (rows) => {
  const body = rows.map(([name, place, schema, needed, description]) => make('tr', {},
    make('td', {}, make('code', {}, name), needed ? ' *' : ''), make('td', { class: 'soft' }, place),
    make('td', {}, typeOf(schema)), make('td', {}, description ?? '')))
  const head = make('tr', {}, ...['Field', 'In', 'Type', 'Meaning'].map((one) => make('th', { scope: 'col' }, one)))
  return make('table', {}, make('thead', {}, head), make('tbody', {}, ...body))
}

const shell = (method, path, operation) => {
  const given = operation.parameters ?? []
  const filled = given.reduce((told, one) => (one.in === 'path'
    ? told.replace(`{${one.name}}`, encodeURIComponent(one.example ?? one.name)) : told), path)
  const query = new URLSearchParams()
  for (const one of given) {
    if (one.in === 'query' && one.example !== undefined) for (const value of [].concat(one.example)) query.append(one.name, value)
  }
  const body = operation.requestBody?.content?.['application/json']?.example
  const address = `${location.origin}${filled}${[...query].length ? `?${query}` : ''}`
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`
  return `curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}-H "Authorization: Bearer $PFD_KEY" ${quoted(address)}`
    + (body === undefined ? '' : ` \\\n  -H 'content-type: application/json' -d ${quoted(JSON.stringify(body))}`)
}

const tryIt = (path) => {
  const out = make('pre', { hidden: '', tabindex: '0' })
  const button = make('button', { type: 'button' }, 'Ask this server')
  button.addEventListener('click', async () => {
    out.hidden = false
    out.textContent = 'Asking …'
    try {
      const answer = await fetch(path)
      const text = await answer.text()
      out.textContent = `${answer.status}\n${text.length > 20000 ? `${text.slice(0, 20000)} …` : text}`
    } catch (error) {
      out.textContent = `The server did not answer: ${error.message}`
    }
  })
  return make('div', {}, make('p', {}, button), out)
}

const drawOperation = (path, method, operation) => {
  const rows = (operation.parameters ?? []).map((one) => [one.name, one.in, one.schema, one.required, one.description])
  const sent = operation.requestBody?.content ?? {}
  const schema = sent['application/json']?.schema
  for (const [name, one] of Object.entries(schema?.properties ?? {})) {
    rows.push([name, 'body', one, (schema.required ?? []).includes(name), one.description])
  }
  const [status, good] = Object.entries(operation.responses).find(([code]) => code.startsWith('2'))
  const kinds = Object.entries(good.content ?? {})
  const plain = method === 'get' && !path.includes('{') && !rows.some((row) => row[3])
  return make('section', { id: operation.operationId, 'data-find': `${operation.operationId} ${path} ${operation.summary}`.toLowerCase() },
    make('h3', {}, make('span', { class: 'method' }, method.toUpperCase()), ' ', make('code', { class: 'path' }, path)),
    make('p', {}, operation.summary, make('span', { class: 'soft' }, ` · ${operation.operationId}`)),
    ...prose(operation.description ?? ''),
    rows.length ? fields(rows) : '',
    make('h4', {}, 'Example'), block(shell(method, path, operation)),
    make('h4', {}, `Answer ${status}${kinds.length ? ` · ${kinds.map(([kind]) => kind).join(' · ')}` : ''}`),
    kinds.length && kinds[0][1].example !== undefined ? make('details', {}, make('summary', {}, 'Show an example'), block(kinds[0][1].example)) : '',
    plain ? tryIt(path) : '')
}

const draw = (told) => {
  const main = document.getElementById('main')
  const index = document.getElementById('index')
  main.replaceChildren(make('h1', {}, `${told.info.title} API`), ...prose(told.info.description),
    make('p', {}, make('a', { href: '/openapi.json' }, 'OpenAPI document')))
  for (const area of told.tags) {
    const mine = Object.entries(told.paths).flatMap(([path, methods]) =>
      Object.entries(methods).filter(([, one]) => one.tags.includes(area.name)).map(([method, one]) => [path, method, one]))
    index.append(make('h2', {}, area.name), make('ul', {}, ...mine.map(([, , one]) =>
      make('li', { 'data-find': `${one.operationId} ${one.summary}`.toLowerCase() }, make('a', { href: `#${one.operationId}` }, one.operationId)))))
    main.append(make('h2', { id: area.name }, area.name), ...prose(area.description), ...mine.map((one) => drawOperation(...one)))
  }
  const example = Object.values(told.components.responses.Problem.content)[0].example
  main.append(make('h2', { id: 'problems' }, 'problems'), ...prose('Every refusal has the media type `application/problem+json`. `type` ends with its kind, `errors` names the fields that do not fit.'), block(example))
  document.getElementById('find').addEventListener('input', (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/)
    for (const node of document.querySelectorAll('[data-find]')) node.hidden = !words.every((word) => node.dataset.find.includes(word))
  })
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView()
}

fetch('/openapi.json').then((answer) => answer.json()).then(draw).catch((error) => {
  document.getElementById('state').textContent = `The reference could not be loaded: ${error.message}. Reload the page.`
})
