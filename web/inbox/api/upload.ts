// Sends one file and tells how far it is; fetch cannot do that yet, XMLHttpRequest can.
import type { Attachment } from '../../shared/types'
import { API, Refusal, Unreachable } from './request'

export interface Sending { done: Promise<Attachment>; stop: () => void }

export function upload(file: File, onProgress: (share: number) => void): Sending {
  const request = new XMLHttpRequest()
  const done = new Promise<Attachment>((resolve, reject) => {
    request.open('POST', `${API}/uploads?name=${encodeURIComponent(file.name)}`)
    request.setRequestHeader('content-type', file.type || 'application/octet-stream')
    request.responseType = 'text'
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onerror = request.ontimeout = () => reject(new Unreachable())
    request.onabort = () => reject(new DOMException('', 'AbortError'))
    request.onload = () => {
      if (request.status === 201 || request.status === 200) return resolve(JSON.parse(request.responseText) as Attachment)
      reject(new Refusal(problemFrom(request)))
    }
    request.send(file)
  })
  return { done, stop: () => request.abort() }
}

function problemFrom(request: XMLHttpRequest) {
  try {
    return { ...JSON.parse(request.responseText), status: request.status }
  } catch {
    return { type: 'about:blank', title: request.statusText, status: request.status, detail: '' }
  }
}
