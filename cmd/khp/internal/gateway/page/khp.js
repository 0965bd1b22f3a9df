// KHP over the browser's WebSocket. on has kaazing and user ("name:password"), and what is called on the way: open(), message(m), closed(code, reason),
// failed(why), and to look on sent(text), got(text), note(text). The result has send(m) and close(). Redirects are followed, five at most, and neither from
// wss to ws nor with the password to another server.
function khp(url, on) {
  const tell = (name, ...args) => on[name] && on[name](...args)
  const N = '\u{F0FF}N', first = new URL(url)
  let socket, left = 5

  const connect = target => {
    if (on.kaazing && !/[?&]\.kl=Y(&|$)/.test(target.search)) target.searchParams.append('.kl', 'Y')
    const ws = new WebSocket(target.href, ['x-kaazing-handshake'])
    socket = ws
    ws.binaryType = 'arraybuffer'
    let phase = 'opening', unit = '', tries = 0

    const request = authorization => {
      const text = `GET ${target.pathname}${target.search} HTTP/1.1\r\n` + (on.kaazing ? '' : `Host: ${target.host}\r\n`) +
        (authorization ? `Authorization: ${authorization}\r\n` : '') + '\r\n'
      tell('sent', authorization ? text.replace(authorization, '[redacted]') : text)
      ws.send(new TextEncoder().encode(text))
      phase = 'response'
    }
    const fail = why => { if (phase !== 'over') { phase = 'over'; tell('failed', why); ws.close() } }
    const open = () => { phase = 'open'; tell('open') }
    const go = where => {
      let next
      try { next = new URL(where, target) } catch { return fail('sent elsewhere: ' + where) }
      if (next.protocol.startsWith('http')) next.protocol = next.protocol.replace('http', 'ws')
      next.hash = ''
      if (!/^wss?:$/.test(next.protocol) || target.protocol === 'wss:' && next.protocol === 'ws:' || left-- === 0) return fail('sent elsewhere: ' + where)
      phase = 'over'
      tell('note', 'sent elsewhere: ' + next.href)
      ws.close()
      connect(next)
    }

    const decide = () => {
      const status = +unit.slice(9, 12), head = unit.split('\r\n\r\n')[0]
      unit = ''
      if (status === 101) return on.kaazing ? phase = 'confirm' : open()
      if (status === 202) return
      const location = /^Location: *(\S+)/im.exec(head)
      if ([301, 302, 303, 307].includes(status) && location) return go(location[1])
      const challenge = /^WWW-Authenticate: *(?:Application +)?(\S+)/im.exec(head)
      const here = target.protocol === first.protocol && target.host === first.host
      if (status === 401 && on.user && here && tries++ === 0 && challenge && challenge[1].toLowerCase() === 'basic') return request('Basic ' + btoa(on.user))
      fail(status === 401 ? 'credentials are needed, or refused' : head.split('\r\n')[0])
    }

    ws.onopen = () => {
      if (ws.protocol !== 'x-kaazing-handshake') return fail('the server does not speak KHP')
      tell('note', 'the WebSocket is established: ' + ws.protocol)
      on.kaazing ? phase = 'proceed' : request()
    }
    ws.onmessage = event => {
      if (phase === 'open') return tell('message', typeof event.data === 'string' ? event.data : new Uint8Array(event.data))
      if (phase === 'over') return
      const text = typeof event.data === 'string' ? event.data : new TextDecoder().decode(event.data)
      tell('got', text === N ? 'N (go on)' : text || '(empty message)')
      if (phase === 'proceed' || phase === 'confirm') {
        if (text[0] === N[0] && text[1] === 'R') return go(text.slice(2))
        if (text !== N) return fail('expected N')
        return phase === 'proceed' ? request() : open()
      }
      if (text === '') return unit ? decide() : fail('an empty message without a response')
      unit += text
    }
    ws.onclose = event => {
      const was = phase
      phase = 'over'
      if (was === 'open') tell('closed', event.code, event.reason)
      else if (was !== 'over') tell('failed', `the connection ended with ${event.code}`)
    }
  }
  connect(first)
  return { send: m => socket.send(m), close: () => socket.close(1000) }
}
