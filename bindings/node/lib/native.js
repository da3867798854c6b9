// The addon for this machine: beside the package where it was built, else from the platform's own package.
'use strict';

const { platform, arch } = process;

// Each by its name in full, so that what gathers a program's files finds it.
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
  // Of the two kinds of Linux only one can be loaded.
  const names = Object.keys(packages).filter((name) => `${name}-`.startsWith(`${platform}-${arch}-`));
  const causes = [];
  for (const attempt of names.flatMap((name) => [() => require(`../jit-approvals.${name}.node`), packages[name]])) {
    try {
      return attempt();
    } catch (error) {
      causes.push(error);
    }
  }
  // What is there and can't be loaded says more than what is not there.
  const cause = causes.find((error) => error.code !== 'MODULE_NOT_FOUND') ?? causes[0];
  const told = names.join(' or ') || `${platform}-${arch}`;
  throw new Error(`jit-approvals has no addon for ${told}: was it installed without its optional dependencies?`, { cause });
}

module.exports = load();
