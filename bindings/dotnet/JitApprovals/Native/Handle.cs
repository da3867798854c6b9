using System;
using System.Runtime.InteropServices;

namespace JitApprovals.Native;

/// <summary>
/// Owns a handle of the native library: frees it once, and not while a call uses it. The type of the pointer makes sure
/// that a handle of one kind is not used as another.
/// </summary>
internal abstract unsafe class Handle<T> : SafeHandle
    where T : unmanaged
{
    protected Handle(T* pointer)
        : base(IntPtr.Zero, ownsHandle: true)
    {
        SetHandle((IntPtr)pointer);
    }

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected T* Pointer => (T*)handle;

    /// <summary>Keeps the handle from being freed until the result is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The owner was disposed.</exception>
    public Borrowed<T> Borrow(object owner)
    {
        ObjectDisposedException.ThrowIf(IsClosed, owner);
        return new Borrowed<T>(this);
    }
}

/// <summary>A handle while a call uses it.</summary>
internal readonly unsafe ref struct Borrowed<T>
    where T : unmanaged
{
    private readonly Handle<T> owner;

    public Borrowed(Handle<T> owner)
    {
        bool added = false;
        owner.DangerousAddRef(ref added);
        this.owner = owner;
    }

    public T* Pointer => (T*)owner.DangerousGetHandle();

    public void Dispose() => owner.DangerousRelease();
}

internal sealed unsafe class SigningKeyHandle(JitSigningKey* pointer) : Handle<JitSigningKey>(pointer)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.jit_signing_key_free(Pointer);
        return true;
    }
}

internal sealed unsafe class MinterHandle(JitMinter* pointer) : Handle<JitMinter>(pointer)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.jit_minter_free(Pointer);
        return true;
    }
}

internal sealed unsafe class VerifierHandle(JitVerifier* pointer) : Handle<JitVerifier>(pointer)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.jit_verifier_free(Pointer);
        return true;
    }
}

internal sealed unsafe class AccessTokenVerifierHandle(JitAccessTokenVerifier* pointer)
    : Handle<JitAccessTokenVerifier>(pointer)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.jit_access_token_verifier_free(Pointer);
        return true;
    }
}

internal sealed unsafe class JwtHandle(JitJwt* pointer) : Handle<JitJwt>(pointer)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.jit_jwt_free(Pointer);
        return true;
    }
}

internal sealed unsafe class TemplateHandle(JitTemplate* pointer) : Handle<JitTemplate>(pointer)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.jit_template_free(Pointer);
        return true;
    }
}

internal sealed unsafe class ApprovalRequestHandle(JitApprovalRequest* pointer) : Handle<JitApprovalRequest>(pointer)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.jit_approval_request_free(Pointer);
        return true;
    }
}
