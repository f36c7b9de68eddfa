/** Secrets in files of lines (`.env`, INI, `.conf`, `.properties`, TOML) and in program text such as `settings.py`. */
import { isSecretKey, placesOf, type Secretion } from './config-scalars.ts'

/** `KEY=value`, `key: value`, also after a comment sign: a password that was commented out is still one. */
const quotedLine =
  /^[ \t]*(?:(?:#|;|\/\/)+[ \t]*)?(?:export[ \t]+|set[ \t]+|-[ \t]+)?["']?(?<key>[\w.\-[\]]+)["']?[ \t]*(?::=|=|:)[ \t]*(?<quote>["'])(?<value>(?:\\.|(?!\k<quote>)[^\\])*)\k<quote>/gm
/** Unquoted, a value ends before a comment or with its line; a backslash at the end continues it. */
const bareLine =
  /^[ \t]*(?:(?:#|;|\/\/)+[ \t]*)?(?:export[ \t]+|set[ \t]+|-[ \t]+)?["']?(?<key>[\w.\-[\]]+)["']?[ \t]*(?::=|=|:)[ \t]*(?<value>[^\s"'](?:[^\n\r]*?\\\r?\n)*[^\n\r]*?)(?=[ \t]+[#;]|[ \t]*;?[ \t]*\r?$)/gm
/** `requirepass foo`, `password "foo";`: a word, blanks, a value. */
const directive = /^[ \t]*(?<key>[\w.-]+)[ \t]+(?:"(?<q>))?(?<value>[^\s"'=:#;][^\n\r"]*?)"?(?=[ \t]*;?[ \t]*\r?$)/gm

export function secretsInLines(text: string): Secretion[] {
  return [quotedLine, bareLine, directive].flatMap((regex) => placesOf(text, regex, secretKey))
}

/** `KEY = 'x'`, `'KEY': "x"`, `'KEY' => 'x'`, `key="x"`: a name, a sign, a string. */
const literal =
  /(?<key>[\w.-]+)["'`]?\]?\s*(?:=>|:(?!=)|=(?!=)|:=)\s*[A-Za-z]{0,2}(?<quote>"""|'''|["'`])(?<value>(?:\\[\s\S]|(?!\k<quote>)[^\\])*)\k<quote>/g
/** `environ.get('KEY', 'x')`, `getenv("KEY", "x")`, `define('KEY', 'x')`: a name and, behind it, a string. */
const call =
  /["'`](?<key>[\w.-]+)["'`]\s*,\s*(?:default\s*=\s*)?(?<quote>["'`])(?<value>(?:\\.|(?!\k<quote>)[^\\\n])*)\k<quote>/g
/** `<password>x</password>` */
const element = /<(?<key>[\w:.-]+)(?:\s[^<>]*)?>(?<value>[^<>]+)<\//g

export function secretsInCode(text: string): Secretion[] {
  return [literal, call, element].flatMap((regex) => placesOf(text, regex, secretKey))
}

function secretKey(match: RegExpMatchArray): string | undefined {
  const key = match.groups?.['key']
  return key !== undefined && isSecretKey(key) ? key : undefined
}
