using System;

namespace JitApprovals;

/// <summary>Times and durations in whole seconds.</summary>
internal static class Moment
{
    /// <summary>In place of a time that is not given.</summary>
    public const long None = long.MinValue;

    /// <summary>Returns the given time, by default that of the clock, in Unix seconds.</summary>
    public static long Seconds(DateTimeOffset? now, TimeProvider clock) =>
        (now ?? clock.GetUtcNow()).ToUnixTimeSeconds();

    public static long OrNone(DateTimeOffset? time) => time?.ToUnixTimeSeconds() ?? None;

    public static DateTimeOffset? OrNull(long seconds) =>
        seconds == None ? null : DateTimeOffset.FromUnixTimeSeconds(seconds);

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
