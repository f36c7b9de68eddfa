/** What psql is given of a text dump, cut into chunks of any size. */
import { RestrictedScript } from '../../electron/engine/source/postgres/restricted-script.ts'

const TOKEN = 'ourOwn1'
/** What stands before every dump. */
export const BEGINNING = new RestrictedScript(TOKEN).beginning

export function inPieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

/** Up to what must not reach it. */
export function scriptOf(
  dump: Buffer,
  size = dump.length,
): { readonly text: Buffer; readonly refused: string | undefined } {
  const script = new RestrictedScript(TOKEN)
  const parts = [script.beginning]
  for (const chunk of inPieces(dump, Math.max(1, size))) {
    const bytes = script.push(chunk)
    if (typeof bytes === 'string') return { text: Buffer.concat(parts), refused: bytes }
    parts.push(bytes)
  }
  const rest = script.end()
  return typeof rest === 'string'
    ? { text: Buffer.concat(parts), refused: rest }
    : { text: Buffer.concat([...parts, rest]), refused: undefined }
}
