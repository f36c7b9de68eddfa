/** Addresses of registered schemes, served through Chromium's request interception; and navigations that a listener may forbid. */
import { preventable, recorder } from './state.mjs'
import { schemeHandler } from './session.mjs'

/** Chromium cannot learn a scheme at run time: `app://host/x` becomes `https://host.app.standin.test/x` and back. */
export function toChromium(url) {
  const match = /^([a-z][\w+.-]*):\/\/([^/]*)(\/?.*)$/.exec(url)
  if (!match || !schemeHandler(match[1])) return url
  return `https://${match[2] || 'x'}.${match[1]}.standin.test${match[3] || '/'}`
}

export function fromChromium(url) {
  return url.replace(/^https:\/\/([^/]*)\.([\w+-]+)\.standin\.test/, '$2://$1')
}

/** What `Fetch.enable` must intercept: every document, for will-navigate, and everything of the registered schemes. */
export const interceptions = [{ urlPattern: 'https://*.standin.test/*' }, { urlPattern: '*', resourceType: 'Document' }]

/** Answers one `Fetch.requestPaused`. `isOwn`: the application itself asked for this load, so no listener is asked. */
export async function handleRequest(
  contents,
  devTools,
  { requestId, request, resourceType, frameId },
  { isOwn, mainFrameId },
) {
  const url = fromChromium(request.url)
  const isNavigation = resourceType === 'Document' && frameId === mainFrameId
  if (isNavigation && !isOwn && isForbidden(contents, url)) {
    // "No content" leaves the page as it is; a failed request would put an error page in its place.
    await devTools.send('Fetch.fulfillRequest', { requestId, responseCode: 204 })
    return
  }
  const handler = schemeHandler(new URL(url).protocol.slice(0, -1))
  if (handler) await serve(devTools, requestId, handler, new Request(url, { method: request.method }))
  else await devTools.send('Fetch.continueRequest', { requestId })
}

function isForbidden(contents, url) {
  const details = preventable({ url, isMainFrame: true, isSameDocument: false })
  contents.emit('will-navigate', details, url)
  if (details.defaultPrevented) recorder.record('navigation-prevented', [url])
  return details.defaultPrevented
}

async function serve(devTools, requestId, handler, request) {
  try {
    const response = await handler(request)
    const body = Buffer.from(await response.arrayBuffer()).toString('base64')
    const responseHeaders = [...response.headers].map(([name, value]) => ({ name, value }))
    await devTools.send('Fetch.fulfillRequest', { requestId, responseCode: response.status, responseHeaders, body })
  } catch (error) {
    recorder.record('protocol-error', [String(error)])
    await devTools.send('Fetch.failRequest', { requestId, errorReason: 'Failed' })
  }
}
