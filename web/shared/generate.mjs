// Writes shared/api.ts, the types of the API, from shared/openapi.json. Touches the file only when they changed.
import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const file = new URL('api.ts', import.meta.url)
const types = await openapiTS(new URL('openapi.json', import.meta.url), { defaultNonNullable: false })
const text = `// Generated from openapi.json by generate.mjs.\n${astToString(types)}`

let before = ''
try {
  before = readFileSync(file, 'utf8')
} catch {
  // It is not there yet.
}
if (text !== before) writeFileSync(file, text)
