// The addon for this machine: beside the package if it was built here, otherwise from the platform's own package.
'use strict';

const { platform, arch } = process;

// Each name is written out, so that bundlers find it.
const packages = {
  'darwin-arm64': () => require('jit-approvals-darwin-arm64'),
  'darwin-x64': () => require('jit-approvals-darwin-x64'),
  'linux-arm64-gnu': () => require('jit-approvals-linux-arm64-gnu'),
  'linux-arm64-musl': () => require('jit-approvals-linux-arm64-musl'),
  'linux-x64-gnu': () => require('jit-approvals-linux-x64-gnu'),
  'linux-x64-musl': () => require('jit-approvals-linux-x64-musl'),
  'win32-arm64-msvc': () => require('jit-approvals-win32-arm64-msvc'),
  'win32-x64-msvc': () => require('jit-approvals-win32-x64-msvc'),
};

function load() {
  // On Linux there are two, and only one of them can be loaded.
  const names = Object.keys(packages).filter((name) => `${name}-`.startsWith(`${platform}-${arch}-`));
  const causes = [];
  for (const attempt of names.flatMap((name) => [() => require(`../jit-approvals.${name}.node`), packages[name]])) {
    try {
      return attempt();
    } catch (error) {
      causes.push(error);
    }
  }
  // An addon that is there but can't be loaded explains more than one that is missing.
  const cause = causes.find((error) => error.code !== 'MODULE_NOT_FOUND') ?? causes[0];
  const wanted = names.join(' or ') || `${platform}-${arch}`;
  throw new Error(`jit-approvals has no addon for ${wanted}: was it installed without its optional dependencies?`, { cause });
}

module.exports = load();
