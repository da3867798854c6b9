using System;

namespace JitApprovals;

/// <summary>Times and durations in whole seconds.</summary>
internal static class Moment
{
    /// <summary>In place of a time that is not given.</summary>
    public const long None = long.MinValue;

    /// <summary>
    /// Returns the given time, by default that of the clock, in Unix seconds. The default of the type is what a field
    /// contains that nobody has set: a time before every expiry.
    /// </summary>
    public static long Seconds(DateTimeOffset? now, TimeProvider clock) => now == default(DateTimeOffset)
        ? throw JitException.Of(
            ErrorCode.OutOfRange, "`now` must be a time that was set: leave it out, or pass null, for the present", "now")
        : (now ?? clock.GetUtcNow()).ToUnixTimeSeconds();

    public static long OrNone(DateTimeOffset? time) => time?.ToUnixTimeSeconds() ?? None;

    public static DateTimeOffset? OrNull(long seconds) => seconds == None ? null : Clamped(seconds);

    /// <summary>Returns a time of a token, which may be outside of the years that .NET knows.</summary>
    public static DateTimeOffset Clamped(long seconds) => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(
        seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds()));

    /// <summary>Returns a duration in seconds. A fraction is an error, not cut off.</summary>
    public static long Whole(TimeSpan duration, string name)
    {
        if (duration.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw JitException.WrongType(name, "a whole number of seconds", $"{duration}");
        }

        return duration.Ticks / TimeSpan.TicksPerSecond;
    }
}
