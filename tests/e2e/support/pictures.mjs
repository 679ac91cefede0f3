// Pictures of pages, and how much two of them differ.
import { deflateSync } from 'node:zlib'

/** A PNG of one colour. */
export function picture(width, height, [red, green, blue]) {
  const row = Buffer.concat([Buffer.from([0]), Buffer.from(Array.from({ length: width }, () => [red, green, blue]).flat())])
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const rows = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))])
}

function chunk(name, content) {
  const body = Buffer.concat([Buffer.from(name), content])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(content.length, 0)
  frame.writeUInt32BE(checksum(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

function checksum(bytes) {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  }
  return (sum ^ 0xffffffff) >>> 0
}

/**
 * The share of pixels, 0 to 1, in which two PNGs differ plainly; where one is longer, its rest differs. Compared in a
 * blank page of the browser, which knows how to read pictures.
 */
export async function difference(page, one, other) {
  return page.evaluate(async ([one, other]) => {
    const pixels = async (png) => {
      const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob())
      const canvas = new OffscreenCanvas(picture.width, picture.height)
      const context = canvas.getContext('2d')
      context.drawImage(picture, 0, 0)
      return context.getImageData(0, 0, picture.width, picture.height)
    }
    const [a, b] = [await pixels(one), await pixels(other)]
    const width = Math.max(a.width, b.width)
    const [short, long] = a.height < b.height ? [a, b] : [b, a]
    let differing = (long.height - short.height) * width
    for (let y = 0; y < short.height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const [i, j] = [(y * a.width + x) * 4, (y * b.width + x) * 4]
        const apart = (channel) => Math.abs((a.data[i + channel] ?? 0) - (b.data[j + channel] ?? 0))
        if (x >= a.width || x >= b.width || Math.max(apart(0), apart(1), apart(2)) > 48) differing += 1
      }
    }
    return differing / (width * long.height)
  }, [one.toString('base64'), other.toString('base64')])
}
