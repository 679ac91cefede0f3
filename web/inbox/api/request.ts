// One way to ask the server: JSON in, JSON out, refusals as RFC 9457 problems, silence as Unreachable.
import type { Problem } from '../../shared/types'

export const API = '/api/v1'

/** The server answered, and said no. */
export class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail || problem.title)
    this.name = 'Refusal'
  }
  get status(): number {
    return this.problem.status
  }
  is(type: string): boolean {
    return this.problem.type.endsWith(`/${type}`)
  }
  /** What is wrong with one field of a form, by JSON pointer. */
  field(pointer: string): string | null {
    return this.problem.errors?.find((error) => error.pointer.replace(/^#/, '') === pointer)?.detail ?? null
  }
}

/** The server did not answer: no network, no server, or no patience left. */
export class Unreachable extends Error {
  constructor() {
    super('unreachable')
    this.name = 'Unreachable'
  }
}

/** `keepalive`: goes out even when the page is left; `patience` in milliseconds. */
export interface Asking { keepalive?: boolean; patience?: number }

type Listener = (refusal: Refusal) => void
let onSignedOut: Listener = () => {}

/** Called whenever an answer says that the session is over. */
export function whenSignedOut(listener: Listener): void {
  onSignedOut = listener
}

export async function ask(method: string, path: string, body?: unknown, { keepalive = false, patience = 30_000 }: Asking = {}): Promise<unknown> {
  let response: Response
  try {
    response = await fetch(API + path, {
      method,
      keepalive,
      credentials: 'same-origin',
      headers: body === undefined ? { accept: 'application/json' } : { accept: 'application/json', 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    })
  } catch {
    throw new Unreachable()
  }
  if (response.ok) return response.status === 204 ? undefined : await readJson(response)
  if (response.status >= 502 && response.status <= 504) throw new Unreachable()
  const refusal = new Refusal(await readProblem(response), Number(response.headers.get('retry-after')) || null)
  if (response.status === 401 && path !== '/session' && !refusal.is('wrong-password')) onSignedOut(refusal)
  throw refusal
}

async function readJson(response: Response): Promise<unknown> {
  try {
    const text = await response.text()
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    throw new Unreachable()
  }
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    const problem = (await response.json()) as Problem
    if (typeof problem?.title === 'string') return { ...problem, type: problem.type ?? 'about:blank', detail: problem.detail ?? '', status: response.status }
  } catch {
    // Not a problem document: fall through.
  }
  return { type: 'about:blank', title: response.statusText || String(response.status), status: response.status, detail: '' }
}
