// Loaded by path into the worker, the client and the workflow bundle; CommonJS, because the SDK requires it.
const { DefaultFailureConverter } = require('@temporalio/common');

/** Messages and stack traces of failures travel as an encoded attribute, which the payload codec then encrypts. */
exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
