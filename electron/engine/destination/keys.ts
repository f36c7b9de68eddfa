/** Which keys a destination accepts: relative, `/`-separated, safe as file names on every system and as object names. */
import { phrase } from '../../contract/phrases.ts'
import { artifactNameSchema, setIdSchema, slugSchema } from '../../contract/ids.ts'
import { backupTypes, setPrefix, type BackupType } from '../../contract/job.ts'
import { BackupError } from '../errors.ts'

/** The one name with a dot in front that belongs to the format (FORMAT.md §2). */
export const OWN_FOLDER = '.sitekeep'
export const MARKER_KEY = `${OWN_FOLDER}/marker.json`
export const MANIFEST_NAME = 'manifest.json'

/** 1024 bytes of key: the limit of S3 and OSS. 255 bytes of name: the limit of ext4, and of NTFS in UTF-16 units. */
const MAX_KEY_BYTES = 1024
const MAX_SEGMENT_BYTES = 255

/** What Windows refuses in a file name: reserved characters, control characters, a dot or a space at the end, device names. */
const UNSAFE_CHARACTERS = /[\u0000-\u001f\u007f<>:"|?*\\]/
const UNSAFE_END = /[. ]$/
const DEVICE_NAME = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i

/** The segments of an object's key. @throws BackupError invalid-input */
export function parseKey(key: string): readonly string[] {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw refused(key, 'it is longer than 1024 bytes')
  const segments = key.split('/')
  segments.forEach((segment, index) => {
    const reason = faultOf(segment, index)
    if (reason !== undefined) throw refused(key, reason)
  })
  return segments
}

/** The segments of a folder of keys: `''` is the root, a slash at the end changes nothing. @throws BackupError invalid-input */
export function parsePrefix(prefix: string): readonly string[] {
  if (prefix === '') return []
  return parseKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix)
}

function faultOf(segment: string, index: number): string | undefined {
  if (segment === '') return 'it has an empty part'
  if (segment.startsWith('.') && !(index === 0 && segment === OWN_FOLDER)) return 'a part begins with a dot'
  if (UNSAFE_CHARACTERS.test(segment)) return 'it has a character that file names must not have'
  if (UNSAFE_END.test(segment)) return 'a part ends with a dot or a space'
  if (DEVICE_NAME.test(segment)) return 'a part is the name of a device on Windows'
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) return 'a part is longer than 255 bytes'
  if (!segment.isWellFormed()) return 'it is not valid Unicode'
  return undefined
}

export interface SetPlace {
  readonly slug: string
  readonly type: BackupType
  readonly name: string
}

/** `<slug>/<type>/<name>`. @throws BackupError invalid-input */
export function parseSetPrefix(prefix: string): SetPlace {
  const [slug, typeName, name, ...rest] = parseKey(prefix)
  const type = backupTypes.find((candidate) => candidate === typeName)
  const isSet =
    type !== undefined &&
    rest.length === 0 &&
    name?.startsWith(`${setPrefix[type]}_`) === true &&
    setIdSchema.safeParse(`${slug ?? ''}/${name}`).success
  if (!isSet || slug === undefined) throw refused(prefix, 'it is not JOB/TYPE/SET')
  return { slug, type, name }
}

/** @throws BackupError invalid-input */
export function checkArtifactName(name: string): void {
  const isPlain = artifactNameSchema.safeParse(name).success && faultOf(name, 1) === undefined
  if (!isPlain || name === MANIFEST_NAME) throw refused(name, 'it is not the name of an artifact')
}

/** True of a name that a job's folder can have; `lost+found` and `System Volume Information` cannot (faults.md B18). */
export function isSlug(name: string): boolean {
  return slugSchema.safeParse(name).success
}

/** Orders keys by their UTF-8 bytes, as object stores do. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))
}

function refused(key: string, reason: string): BackupError {
  return new BackupError('invalid-input', { reason: phrase('place-key'), key, cause: reason })
}
