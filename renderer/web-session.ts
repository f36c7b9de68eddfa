/** A browser's part of its session: the token that a page sends beside the cookie, kept for this tab and this port alone. */
import { z } from 'zod'
import { PAGE_TOKEN_HEADER } from '../electron/contract/protocol.ts'

const STORED_AS = 'sitekeep.token'

const signedInSchema = z.object({ ok: z.literal(true), value: z.object({ token: z.string() }) })

let token = stored()

/** To be sent with every call; a cookie alone opens nothing, since every port of this host receives it. */
export function pageHeaders(): Readonly<Record<string, string>> {
  return token === undefined ? {} : { [PAGE_TOKEN_HEADER]: token }
}

/** The one-time code of the address, if there is one. */
export function codeOfAddress(): string | undefined {
  return /^#code=([\w-]+)$/.exec(location.hash)?.[1]
}

/** Trades a one-time code for a cookie and the token. False where it was used up or has expired. */
export async function redeem(code: string): Promise<boolean> {
  const response = await fetch('/auth', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
    credentials: 'same-origin',
  })
  const answer = signedInSchema.safeParse(await response.json())
  if (!response.ok || !answer.success) return false
  token = answer.data.value.token
  keep(token)
  return true
}

function stored(): string | undefined {
  try {
    return sessionStorage.getItem(STORED_AS) ?? undefined
  } catch {
    // Storage is switched off: the token lives as long as the page.
    return undefined
  }
}

function keep(value: string): void {
  try {
    sessionStorage.setItem(STORED_AS, value)
  } catch {
    // Storage is switched off: after a reload a new link is needed.
  }
}
