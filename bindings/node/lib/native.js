// The addon for this machine: beside the package where it was built, else from the platform's own package.
'use strict';

const { platform, arch } = process;
// Of the two kinds of Linux, npm installs the one that runs here.
const kinds = { linux: ['-gnu', '-musl'], win32: ['-msvc'] }[platform] ?? [''];
const names = kinds.map((kind) => `${platform}-${arch}${kind}`);

function load() {
  for (const name of names.flatMap((name) => [`../jit-approvals.${name}.node`, `jit-approvals-${name}`])) {
    try {
      return require(name);
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Error(`jit-approvals is not built for ${names.join(' or ')}, or was installed without its optional dependencies`);
}

module.exports = load();
