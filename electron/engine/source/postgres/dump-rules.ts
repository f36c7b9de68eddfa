/** What the statements of a plain dump look like (FORMAT.md §4.2); any other could change how psql reads on. */
import type { Statement } from './statement.ts'

/** First words of what pg_dump and pg_dumpall write without `--clean` and `--inserts`. `DO`, `CALL`, `UPDATE` can change settings. */
const FIRST_WORDS: ReadonlySet<string> = new Set([
  'alter',
  'begin',
  'comment',
  'commit',
  'copy',
  'create',
  'grant',
  'refresh',
  'revoke',
  'security',
  'select',
  'set',
])
/** The settings that decide how psql reads on; `SET NAMES` is another spelling. */
const READING: ReadonlySet<string> = new Set(['standard_conforming_strings', 'client_encoding', 'names'])
/**
 * What databases can be encoded in: in these a byte below 0x80 is always itself. In others a second byte may be `\` or `'`, and
 * psql and a byte-wise reader would differ. Source: PostgreSQL manual, "Character Set Support".
 */
const ENCODINGS =
  /^(?:utf8|sql_ascii|euc_(?:cn|jp|jis_2004|kr|tw)|mule_internal|koi8[ru]|latin(?:[1-9]|10)|iso_8859_[5-8]|win(?:866|874|125[0-8]))$/i
const SEARCH_PATH = "select pg_catalog . set_config ( 'search_path' , '' , false )"
/** A dump of pg_dump before 10 and its kin sets the path by `SET`; a function's own is no statement. */
const SETTING_NAME = /^[a-z_][a-z0-9_$.]*$/

/** Whether no dump holds such a statement. */
export function isOddStatement(statement: Statement): boolean {
  const { first, tokens, isTooLong, hasSetting } = statement
  if (!FIRST_WORDS.has(first)) return true
  if (isTooLong) return true
  if (first === 'set') return isOddSetting(lower(tokens))
  if (first === 'copy') return copyTarget(tokens) === undefined
  return first === 'select' && hasSetting && lower(tokens).join(' ') !== SEARCH_PATH
}

function isOddSetting(words: readonly string[]): boolean {
  const name = words[words[1] === 'session' || words[1] === 'local' ? 2 : 1] ?? ''
  if (!SETTING_NAME.test(name)) return true
  if (!READING.has(name)) return false
  const isStrings = words.join(' ') === 'set standard_conforming_strings = on'
  return !isStrings && encodingSet(words) === undefined
}

/** The encoding that a dump's `SET client_encoding = '…';` names; undefined for all else. */
export function encodingSet(tokens: readonly string[]): string | undefined {
  const [set, name, sign, value = '', ...more] = tokens
  const isEncoding =
    /^set$/i.test(set ?? '') && /^client_encoding$/i.test(name ?? '') && sign === '=' && more.length === 0
  const encoding = /^'([^']*)'$/.exec(value)?.[1] ?? ''
  return isEncoding && ENCODINGS.test(encoding) ? encoding : undefined
}

/**
 * Schema and table as they stand in `COPY schema.table (columns) FROM stdin`, with or without columns.
 * @returns undefined where it is another kind of COPY
 */
export function copyTarget(tokens: readonly string[]): readonly [string, string] | undefined {
  const [, schema = '', dot, table = '', ...rest] = tokens
  const columns = rest.slice(0, -2)
  const isList =
    columns[0] === '(' && columns.at(-1) === ')' && !columns.slice(1, -1).some((part) => /^[()]$/.test(part))
  const isWhole = dot === '.' && isName(schema) && isName(table) && (columns.length === 0 || isList)
  return isWhole && readsRows(tokens) ? [schema, table] : undefined
}

/** Whether psql takes what follows for rows. */
export function readsRows(tokens: readonly string[]): boolean {
  const words = lower(tokens)
  const from = words.findIndex((word, at) => word === 'from' && words[at + 1] === 'stdin')
  return words[0] === 'copy' && from !== -1
}

function isName(token: string): boolean {
  return /^["A-Za-z_\x80-\xff]/.test(token)
}

function lower(tokens: readonly string[]): string[] {
  return tokens.map((token) => token.toLowerCase())
}
