// Files over HTTP with the visitor's token in the header: upload with progress, and fetching as blob URLs.
import type { Attachment, Id, Problem } from '../shared/types'

export const LARGEST_FILE = 10_000_000
const SHOWN = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']

export const isPicture = (attachment: Attachment) =>
  SHOWN.includes(attachment.media_type) && attachment.size <= LARGEST_FILE

export class Files {
  private readonly urls = new Map<Id, Promise<string>>()

  constructor(private readonly token: () => Promise<string>) {}

  /** Rejects with the server's problem, or with `null` when it could not be reached or `signal` aborted. */
  async upload(file: File, progress: (share: number) => void, signal: AbortSignal): Promise<Attachment> {
    // A file may be the first thing that a visitor gives, before the server has greeted.
    const token = await this.token()
    return new Promise((resolve, reject: (problem: Problem | null) => void) => {
      const request = new XMLHttpRequest()
      request.open('POST', '/api/widget/v1/uploads?name=' + encodeURIComponent(file.name))
      request.setRequestHeader('Authorization', 'Bearer ' + token)
      request.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
      request.responseType = 'json'
      request.upload.onprogress = (event) => progress(event.loaded / (event.total || 1))
      request.onerror = request.onabort = () => reject(null)
      request.onload = () => {
        if (request.status !== 201 && request.status !== 200)
          return reject(request.response ?? { status: request.status, detail: '' })
        const attachment = request.response as Attachment
        this.urls.set(attachment.id, Promise.resolve(URL.createObjectURL(file)))
        resolve(attachment)
      }
      if (signal.aborted) return reject(null)
      signal.addEventListener('abort', () => request.abort())
      request.send(file)
    })
  }

  url(id: Id): Promise<string> {
    let url = this.urls.get(id)
    if (!url) {
      url = this.fetch(id)
      this.urls.set(id, url)
      url.catch(() => this.urls.delete(id))
    }
    return url
  }

  private async fetch(id: Id): Promise<string> {
    const response = await fetch('/api/widget/v1/attachments/' + id, {
      headers: { Authorization: 'Bearer ' + (await this.token()) },
    })
    if (!response.ok) throw new Error(String(response.status))
    return URL.createObjectURL(await response.blob())
  }
}
