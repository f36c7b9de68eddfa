export interface Skip {
  readonly name: string
  readonly reason: string
}
export function verdict(input: {
  checks: { passed: number; failed: number }
  code: number
  found: { passed: number; failed: number; skipped: readonly Skip[] } | undefined
  notHere: readonly Skip[]
  isCi: boolean
}): { lines: string[]; passed: number; failed: number }
