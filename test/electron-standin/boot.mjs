/** Start-up in Electron's order: the application's entry is loaded first, `ready` fires once that module has settled. */
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { app, bootBrowser, fireReady } from './app.mjs'
import { unpackAsar } from './asar.mjs'
import './electron.mjs'

const { entry, preloads } = readArguments(process.argv.slice(2))
const target = findApplication(entry)

process.resourcesPath ??= process.env.STANDIN_RESOURCES ?? path.join(import.meta.dirname, 'resources')
process.on('uncaughtException', (error) => {
  console.error('Uncaught exception in main:', error)
  app.exit(1)
})
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => app.quit())
// Electron's main process lives until it is told to end.
setInterval(() => {}, 2 ** 30)

// Playwright's loader comes by -r and must run before DevTools is announced.
for (const file of preloads) createRequire(import.meta.url)(path.resolve(file))
await bootBrowser({ manifest: target.manifest, appPath: target.folder })

const warning = setTimeout(() => {
  console.error(
    'stand-in: the entry module has not settled after 5 s. A top-level `await app.whenReady()` deadlocks in Electron too.',
  )
}, 5000)
await import(pathToFileURL(target.file).href)
clearTimeout(warning)
fireReady()

function readArguments(argv) {
  const preloads = []
  let entry
  for (let i = 0; i < argv.length; i += 1) {
    if (argv[i] === '-r' || argv[i] === '--require') preloads.push(argv[(i += 1)])
    else if (!argv[i].startsWith('-')) entry ??= argv[i]
  }
  return { entry, preloads }
}

function findApplication(entry) {
  const asar = path.join(import.meta.dirname, 'resources', 'app.asar')
  if (fs.existsSync(asar)) {
    app.isPackaged = true
    process.resourcesPath = path.dirname(asar)
    return applicationIn(unpackAsar(asar))
  }
  process.defaultApp = true
  const given = path.resolve(entry ?? '.')
  if (fs.statSync(given).isDirectory()) return applicationIn(given)
  return { file: given, folder: path.dirname(given), manifest: {} }
}

function applicationIn(folder) {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
  return { file: path.resolve(folder, manifest.main ?? 'index.js'), folder, manifest }
}
