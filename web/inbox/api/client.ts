// The typed way to ask: paths, parameters, bodies and answers are those of the OpenAPI document.
import type { paths } from '../../shared/api'
import { ask, type Asking } from './request'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
/** The paths below /api/v1, as the document names them but without that. */
export type Paths = { [P in keyof paths as P extends `/api/v1${infer Rest}` ? Rest : never]: paths[P] }
type Operation<P extends keyof Paths, M extends Method> = Paths[P] extends Record<M, infer O> ? O : never
export type PathsOf<M extends Method> = { [P in keyof Paths]: Operation<P, M> extends never ? never : P }[keyof Paths]

type InPath<O> = O extends { parameters: { path: infer V } } ? { path: V } : { path?: never }
type InQuery<O> = O extends { parameters: { query?: infer V } } ? { query?: V } : O extends { parameters: { query: infer V } } ? { query: V } : { query?: never }
type InBody<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? { body: B } : { body?: never }
type Parts<O> = InPath<O> & InQuery<O> & InBody<O>
type Answered<R> = R extends { content: { 'application/json': infer B } } ? B : void
/** The body of the answer, when all went well. */
export type Answer<P extends keyof Paths, M extends Method> =
  Operation<P, M> extends { responses: infer R } ? Answered<R[Extract<keyof R, 200 | 201 | 202 | 204>]> : never
export type Asked<P extends keyof Paths, M extends Method> = InBody<Operation<P, M>>['body']
/** Nothing need be said when nothing has to. */
type Rest<O> = {} extends Parts<O> ? [parts?: Parts<O>, options?: Asking] : [parts: Parts<O>, options?: Asking]

const by =
  <M extends Method>(method: M) =>
  <P extends PathsOf<M>>(path: P, ...[parts, options]: Rest<Operation<P, M>>) => {
    const { path: named, query, body } = (parts ?? {}) as { path?: Record<string, string>; query?: Query; body?: unknown }
    return ask(method.toUpperCase(), address(path, named, query), body, options) as Promise<Answer<P, M>>
  }

export const get = by('get')
export const post = by('post')
export const put = by('put')
export const patch = by('patch')
export const remove = by('delete')

type Query = Record<string, string | number | boolean | null | undefined>

/** Fills a path's names in, and writes the query without what is not said. */
export function address(path: string, named: Record<string, string> = {}, query: Query = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(named[name] ?? ''))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value != null && value !== '') search.set(name, String(value))
  return search.size ? `${filled}?${search}` : filled
}
