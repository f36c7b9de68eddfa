/** The locale registers itself in cronstrue when it is imported; it exports nothing of use. */
declare module 'cronstrue/locales/zh_CN.min.js'
