// The addon is not JavaScript: Next.js must load the package at run time instead of bundling it.
export default { serverExternalPackages: ['jit-approvals'] };
