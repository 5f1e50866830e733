// A conversation with node-coap: publishes, reads, observes. Says "ok ..." for each step.
// coap.js PORT PATH
const path = require('path')
const coap = require(path.join(process.env.NODE_MODULES, 'coap'))
const [port, topic] = process.argv.slice(2)

function request(options, payload) {
  return new Promise((resolve, reject) => {
    const r = coap.request({ host: '127.0.0.1', port: Number(port), pathname: '/ps/' + topic,
      agent: new coap.Agent({ type: 'udp4' }), ...options })
    r.on('response', resolve)
    r.on('error', reject)
    r.end(payload)
  })
}

function expect(name, got, wanted) {
  if (String(got) !== wanted) {
    console.error('not ok ' + name + ': ' + got + ' instead of ' + wanted)
    process.exit(1)
  }
  console.log('ok ' + name)
}

async function main() {
  let r = await request({ method: 'PUT', options: { 'Content-Format': 'application/json' } }, '{"n":1}')
  expect('created', r.code, '2.01')
  r = await request({ method: 'GET' })
  expect('code', r.code, '2.05')
  expect('format', r.headers['Content-Format'], 'application/json')
  expect('payload', r.payload, '{"n":1}')
  const stream = await request({ method: 'GET', observe: true })
  const seen = []
  const done = new Promise(resolve => stream.on('data', d => {
    seen.push(String(d))
    if (seen.length === 3) resolve()
  }))
  r = await request({ method: 'PUT', confirmable: false }, 'two')
  expect('not confirmable', r.code, '2.04')
  r = await request({ method: 'POST' }, 'three')
  expect('posted', r.code, '2.04')
  await done
  expect('observed', seen.join(' '), '{"n":1} two three')
  stream.close()
  const large = Buffer.alloc(100000, 'x')
  r = await request({ method: 'PUT', options: { Block1: Buffer.from([6]) } }, large)
  expect('large', r.code, '2.04')
  // An address that has not shown that it is its own gets nothing large, but an Echo (option 252) to bring back.
  r = await request({ method: 'GET' })
  expect('challenged', r.code, '4.01')
  expect('echo', r.options.some(o => String(o.name) === '252'), 'true')
  r = await request({ method: 'DELETE' })
  expect('deleted', r.code, '2.02')
  process.exit(0)
}

main().catch(e => { console.error('not ok', e); process.exit(1) })
setTimeout(() => { console.error('not ok: too slow'); process.exit(1) }, 30000)
