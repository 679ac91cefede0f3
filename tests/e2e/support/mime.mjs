// The HTML of a stored mail and the pictures in it, read by other means than the server's: what it is compared with.

/** `{ html, pictures }` of the octets of a mail, pictures by content id; null where there is no HTML. */
export function htmlOf(raw) {
  const found = { html: null, pictures: new Map() }
  collect(raw.toString('latin1'), found, 0)
  return found.html && found
}

function collect(text, found, depth) {
  const { header, body } = split(text)
  const type = header('content-type') ?? 'text/plain'
  const kind = type.split(';')[0].trim().toLowerCase()
  const boundary = parameter(type, 'boundary')
  if (kind.startsWith('multipart/') && boundary && depth < 10) {
    for (const part of partsOf(body, boundary)) collect(part, found, depth + 1)
  } else if (kind === 'text/html' && !found.html && !/^\s*attachment/i.test(header('content-disposition') ?? '')) {
    found.html = decoded(octets(body, header), parameter(type, 'charset'))
  } else if (kind.startsWith('image/') && header('content-id')) {
    found.pictures.set(header('content-id').trim().replace(/^<|>$/g, '').toLowerCase(), { type: kind, bytes: octets(body, header) })
  }
}

function split(text) {
  const at = text.match(/\r?\n\r?\n/)
  const head = (at ? text.slice(0, at.index) : text).replace(/\r?\n[ \t]+/g, ' ')
  const header = (name) => head.match(new RegExp(`^${name}[ \\t]*:[ \\t]*(.*)$`, 'im'))?.[1].trim() ?? null
  return { header, body: at ? text.slice(at.index + at[0].length) : '' }
}

function partsOf(body, boundary) {
  const parts = `\n${body}`.split(new RegExp(`\\r?\\n--${boundary.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:--)?[ \\t]*(?:\\r?\\n|$)`))
  return parts.slice(1)
}

function parameter(value, name) {
  const match = value.match(new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;]*))`, 'i'))
  return match?.[1] ?? match?.[2] ?? null
}

function octets(body, header) {
  const encoding = (header('content-transfer-encoding') ?? '').toLowerCase()
  if (encoding.includes('base64')) return Buffer.from(body, 'base64')
  if (!encoding.includes('quoted-printable')) return Buffer.from(body, 'latin1')
  const text = body.replace(/[ \t]*=[ \t]*\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(text, 'latin1')
}

function decoded(bytes, charset) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    try {
      return new TextDecoder(charset ?? 'windows-1252').decode(bytes)
    } catch {
      return new TextDecoder('windows-1252').decode(bytes)
    }
  }
}
