// Loads the addon of this platform from its own package, an optional dependency of this one.
'use strict';

const { version } = require('../package.json');

const PLATFORMS = {
  'darwin-arm64': ['darwin-arm64'],
  'darwin-x64': ['darwin-x64'],
  // A system has one of two C libraries. Only the addon that is built for it can be loaded.
  'linux-arm64': ['linux-arm64-gnu', 'linux-arm64-musl'],
  'linux-x64': ['linux-x64-gnu', 'linux-x64-musl'],
  'win32-arm64': ['win32-arm64-msvc'],
  'win32-x64': ['win32-x64-msvc'],
};

/** The addon of a platform. Bundlers need each name as a literal, and try to resolve all of them: hence the `try`. */
function load(name) {
  try {
    switch (name) {
      case 'darwin-arm64':
        return require('@jit-approvals/darwin-arm64');
      case 'darwin-x64':
        return require('@jit-approvals/darwin-x64');
      case 'linux-arm64-gnu':
        return require('@jit-approvals/linux-arm64-gnu');
      case 'linux-arm64-musl':
        return require('@jit-approvals/linux-arm64-musl');
      case 'linux-x64-gnu':
        return require('@jit-approvals/linux-x64-gnu');
      case 'linux-x64-musl':
        return require('@jit-approvals/linux-x64-musl');
      case 'win32-arm64-msvc':
        return require('@jit-approvals/win32-arm64-msvc');
      case 'win32-x64-msvc':
        return require('@jit-approvals/win32-x64-msvc');
    }
  } catch (error) {
    return error;
  }
}

function failure(message, cause) {
  return Object.assign(new Error(message, { cause }), { code: 'ERR_JIT_ADDON' });
}

function isMissing(error, name) {
  return /MODULE_NOT_FOUND$/.test(error?.code) && error.message.includes(`'@jit-approvals/${name}'`);
}

/** The addon of this machine, or the error that says why there is none. */
function addon() {
  const platform = `${process.platform}-${process.arch}`;
  if (!Object.hasOwn(PLATFORMS, platform)) {
    const supported = Object.values(PLATFORMS).flat().join(', ');
    throw failure(`jit-approvals does not support ${platform}; it supports ${supported}`);
  }
  let unloadable;
  let mismatch;
  for (const name of PLATFORMS[platform]) {
    const loaded = load(name);
    if (typeof loaded?.version === 'function') {
      const found = loaded.version();
      if (found === version) return loaded;
      mismatch = failure(`@jit-approvals/${name} has version ${found}, but jit-approvals has ${version}: install both again`);
    } else if (!isMissing(loaded, name)) {
      unloadable ??= failure(`@jit-approvals/${name} is installed but cannot be loaded: ${loaded?.message}`, loaded);
    }
  }
  if (mismatch ?? unloadable) throw mismatch ?? unloadable;
  const wanted = PLATFORMS[platform].map((name) => `@jit-approvals/${name}`).join(' or ');
  throw failure(
    `${wanted} is not installed. It is an optional dependency of jit-approvals: install without --omit=optional, ` +
      'with a lock file that was made for this platform, too, and do not copy node_modules from another system',
  );
}

module.exports = addon();
