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
    /// <summary>About how many bytes the handle holds outside of the collector's memory.</summary>
    private readonly long weight;

    protected Handle(T* pointer, long weight)
        : base(IntPtr.Zero, ownsHandle: true)
    {
        this.weight = weight;
        SetHandle((IntPtr)pointer);
        // The collector would run too late: it sees only a few words of each handle.
        GC.AddMemoryPressure(weight);
    }

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected T* Pointer => (T*)handle;

    protected abstract void Free();

    protected sealed override bool ReleaseHandle()
    {
        Free();
        GC.RemoveMemoryPressure(weight);
        return true;
    }

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

internal sealed unsafe class SigningKeyHandle(JitSigningKey* pointer) : Handle<JitSigningKey>(pointer, 1024)
{
    protected override void Free() => NativeMethods.jit_signing_key_free(Pointer);
}

internal sealed unsafe class MinterHandle(JitMinter* pointer) : Handle<JitMinter>(pointer, 2048)
{
    protected override void Free() => NativeMethods.jit_minter_free(Pointer);
}

internal sealed unsafe class VerifierHandle(JitVerifier* pointer) : Handle<JitVerifier>(pointer, 2048)
{
    protected override void Free() => NativeMethods.jit_verifier_free(Pointer);
}

internal sealed unsafe class AccessTokenVerifierHandle(JitAccessTokenVerifier* pointer)
    : Handle<JitAccessTokenVerifier>(pointer, 2048)
{
    protected override void Free() => NativeMethods.jit_access_token_verifier_free(Pointer);
}

internal sealed unsafe class JwtHandle(JitJwt* pointer) : Handle<JitJwt>(pointer, 2048)
{
    protected override void Free() => NativeMethods.jit_jwt_free(Pointer);
}

internal sealed unsafe class TemplateHandle(JitTemplate* pointer, long length) : Handle<JitTemplate>(pointer, 16384 + (16 * length))
{
    protected override void Free() => NativeMethods.jit_template_free(Pointer);
}

internal sealed unsafe class ApprovalRequestHandle(JitApprovalRequest* pointer) : Handle<JitApprovalRequest>(pointer, 16384)
{
    protected override void Free() => NativeMethods.jit_approval_request_free(Pointer);
}
