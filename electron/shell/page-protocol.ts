/** `app://sitekeep/`: the built pages, read-only, under one content security policy. Never file://. */
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { protocol } from 'electron'
import { contentSecurityPolicy, filePath, pageScheme } from './page-policy.ts'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Must run before `ready`: afterwards Electron refuses new schemes. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the files below `root`, which may lie inside an asar. */
export function servePages(root: string): void {
  protocol.handle(pageScheme, (request) => answer(root, request))
}

async function answer(root: string, request: Request): Promise<Response> {
  const path = filePath(root, request)
  if (path === undefined) return refusal(404)
  try {
    const body = await readFile(path)
    return new Response(new Uint8Array(body), {
      headers: {
        'content-type': contentTypes[extname(path)] ?? 'application/octet-stream',
        'content-security-policy': contentSecurityPolicy,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
      },
    })
  } catch {
    // Absent or unreadable is all the same to a page: it has asked for something that it was not built with.
    return refusal(404)
  }
}

function refusal(status: number): Response {
  return new Response('', { status, headers: { 'content-security-policy': contentSecurityPolicy } })
}
