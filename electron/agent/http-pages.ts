/** Serves the built pages from one folder and nothing outside it. */
import { createReadStream, realpathSync, statSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { pipeline } from 'node:stream'

/** What a build of the pages holds; any other file is not served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/** Answers a GET or HEAD of a page; `path` is the target without its query, still encoded. */
export function servePage(root: string | undefined, path: string, response: ServerResponse, isHead: boolean): void {
  const file = root === undefined ? undefined : fileOf(root, path)
  const type = file === undefined ? undefined : types[extname(file)]
  if (file === undefined || type === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found\n')
    return
  }
  // Names of built assets carry a hash of their content; everything else is asked for anew.
  const cache = path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store'
  response.writeHead(200, { 'content-type': type, 'cache-control': cache, 'content-length': statSync(file).size })
  if (isHead) response.end()
  // A browser that goes away in the middle is ordinary.
  else pipeline(createReadStream(file), response, () => undefined)
}

/** The file behind a path, after links, or undefined where it is absent or outside `root`. */
function fileOf(root: string, path: string): string | undefined {
  try {
    const plain = decodeURIComponent(path)
    if (/[\0\\]/.test(plain) || plain.split('/').some((part) => part.startsWith('.'))) return undefined
    const wanted = plain === '/' ? 'index.html' : plain.slice(1)
    const base = realpathSync(root)
    const file = realpathSync(join(base, ...wanted.split('/')))
    return file.startsWith(base + sep) && statSync(file).isFile() ? file : undefined
  } catch {
    // Absent, or not a valid encoding: both are "not found".
    return undefined
  }
}
