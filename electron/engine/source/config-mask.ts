/** Masks the secrets of a set of configuration files by value; everything else stays byte for byte. */
import { isUtf8 } from 'node:buffer'
import { isJson, secretsInJson } from './config-json.ts'
import { formsIn, isShareable, knownIn, replaceAll, type Secretion } from './config-scalars.ts'
import { secretsInCode, secretsInLines } from './config-text.ts'
import { isYaml, secretsInYaml } from './config-yaml.ts'

export type ConfigKind = 'yaml' | 'json' | 'code' | 'lines'

const CODE = /\.(py|rb|php|js|mjs|cjs|ts|lua|pl|xml|config|gradle|groovy|cs|java|kts?)$/i

/** The kind of a file, by its name. */
export function configKindOf(name: string): ConfigKind {
  if (/\.ya?ml$/i.test(name)) return 'yaml'
  if (/\.(json|jsonc|json5)$/i.test(name)) return 'json'
  return CODE.test(name) ? 'code' : 'lines'
}

export interface MaskedFile {
  readonly bytes: Buffer
  /** The keys whose values were masked, each once. */
  readonly keys: readonly string[]
}

/**
 * The secret values of a file that are worth looking for in others, or undefined where the file cannot be understood as its
 * kind: then nobody can say that its secrets were found, and it must be left out.
 */
export function secretValues(name: string, bytes: Buffer): readonly string[] | undefined {
  const text = textOf(name, bytes)
  if (text === undefined) return undefined
  const places = placesIn(name, text, new Set())
  return places?.map(({ value }) => value).filter(isShareable)
}

/** The file with its own secrets, and those `known` from the others, masked. Undefined where the result would not be whole. */
export function maskFile(name: string, bytes: Buffer, known: ReadonlySet<string>): MaskedFile | undefined {
  const text = textOf(name, bytes)
  const places = text === undefined ? undefined : placesIn(name, text, known)
  if (text === undefined || places === undefined) return undefined
  // What is left now stands in comments and keys.
  const masked = replaceAll(text, places)
  const rest = knownIn(masked, known)
  const whole = replaceAll(masked, rest)
  if (!isWhole(name, whole)) return undefined
  const keys = [...new Set([...places, ...rest].map(({ key }) => key.slice(0, 400)))]
  return { bytes: Buffer.from(whole, isUtf8(bytes) ? 'utf8' : 'latin1'), keys }
}

/** UTF-8, or else one byte a character, so that GBK and Latin-1 files keep their bytes. Binary files hold a NUL. */
function textOf(name: string, bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined
  if (isUtf8(bytes)) return bytes.toString('utf8')
  const kind = configKindOf(name)
  return kind === 'yaml' || kind === 'json' ? undefined : bytes.toString('latin1')
}

function placesIn(name: string, text: string, known: ReadonlySet<string>): Secretion[] | undefined {
  const structural = structuralPlaces(configKindOf(name), text, known)
  return structural === undefined ? undefined : [...structural, ...formsIn(text).filter(outside(structural))]
}

function structuralPlaces(kind: ConfigKind, text: string, known: ReadonlySet<string>): Secretion[] | undefined {
  switch (kind) {
    case 'yaml': {
      const places = secretsInYaml(text, known)
      // A value that was commented out is found by its line.
      return places === undefined ? undefined : [...places, ...commented(text)]
    }
    case 'json':
      return secretsInJson(text, known)
    case 'code':
      return secretsInCode(text)
    case 'lines':
      return secretsInLines(text)
  }
}

function commented(text: string): Secretion[] {
  return secretsInLines(text).filter(({ start }) => {
    const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
    return line.trimStart().startsWith('#')
  })
}

function outside(places: readonly Secretion[]): (place: Secretion) => boolean {
  return (place) => !places.some(({ start, end }) => place.start < end && start < place.end)
}

function isWhole(name: string, text: string): boolean {
  const kind = configKindOf(name)
  if (kind === 'yaml') return isYaml(text)
  return kind === 'json' ? isJson(text) : true
}
