// What one MQTT.js client can do against the server: node exchange.js URL CA-FILE VERSION USER PASSWORD
// Prints a line for each thing that went as it should; exits with 1 at the first that did not.
'use strict'

const fs = require('node:fs')
const mqtt = require(process.env.NODE_MODULES + '/mqtt')

const [url, caFile, version, username, password] = process.argv.slice(2)
const protocolVersion = Number(version)

function options(clientId, more) {
  return {
    protocolVersion,
    protocolId: protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
    clientId,
    username,
    password,
    ca: fs.readFileSync(caFile),
    wsOptions: { ca: fs.readFileSync(caFile) },
    reconnectPeriod: 0,
    connectTimeout: 5000,
    ...more,
  }
}

function nextMessage(client) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no message within 5 s')), 5000)
    client.once('message', (topic, payload, packet) => {
      clearTimeout(timer)
      resolve({ topic, text: payload.toString(), packet })
    })
  })
}

function check(holds, what) {
  if (!holds) {
    throw new Error('failed: ' + what)
  }
  console.log('ok ' + what)
}

async function main() {
  const name = username || 'js'
  const subscriber = await mqtt.connectAsync(url, options(name + '-subscriber'))
  const publisher = await mqtt.connectAsync(url, options(name + '-publisher', {
    will: { topic: 'js/will', payload: Buffer.from('last words'), qos: 1, retain: false },
  }))
  for (const qos of [0, 1, 2]) {
    const granted = await subscriber.subscribeAsync('js/qos' + qos, { qos })
    check(granted[0].qos === qos, 'granted QoS ' + qos)
    const coming = nextMessage(subscriber)
    await publisher.publishAsync('js/qos' + qos, 'hello ' + qos, { qos })
    const { text, packet } = await coming
    check(text === 'hello ' + qos && packet.qos === qos, 'delivered QoS ' + qos)
  }
  await publisher.publishAsync('js/kept', 'kept', { qos: 1, retain: true })
  const retained = nextMessage(subscriber)
  await subscriber.subscribeAsync('js/kept', { qos: 1 })
  check((await retained).packet.retain, 'retained')
  await publisher.publishAsync('js/kept', '', { qos: 1, retain: true })

  const large = 'x'.repeat(100000)
  await subscriber.subscribeAsync('js/large', { qos: 1 })
  const comingLarge = nextMessage(subscriber)
  await publisher.publishAsync('js/large', large, { qos: 1 })
  let got = await comingLarge
  if (got.topic === 'js/kept') { // its removal may come first
    got = await nextMessage(subscriber)
  }
  check(got.text === large, 'a payload of 100,000 bytes')

  if (protocolVersion === 5) {
    await subscriber.subscribeAsync('js/properties', { qos: 1 })
    const decorated = nextMessage(subscriber)
    await publisher.publishAsync('js/properties', 'm', {
      qos: 1,
      properties: { contentType: 'text/plain', userProperties: { a: 'b' }, responseTopic: 'js/answer' },
    })
    const p = (await decorated).packet.properties
    check(p.contentType === 'text/plain' && p.userProperties.a === 'b' && p.responseTopic === 'js/answer',
      'properties')
  }

  await subscriber.subscribeAsync('js/will', { qos: 1 })
  const will = nextMessage(subscriber)
  publisher.stream.destroy()
  check((await will).text === 'last words', 'will')
  await subscriber.endAsync()
}

main().then(() => process.exit(0), (e) => {
  console.error(e)
  process.exit(1)
})
