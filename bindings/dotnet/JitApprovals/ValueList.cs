using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;

namespace JitApprovals;

/// <summary>A list that is equal to a list with equal elements, so that records with lists can be compared.</summary>
internal sealed class ValueList<T>(T[] elements) : IReadOnlyList<T>
{
    public int Count => elements.Length;

    public T this[int index] => elements[index];

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)elements).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => elements.GetEnumerator();

    public override bool Equals(object? other) => other is ValueList<T> list && elements.SequenceEqual(list);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (T element in elements)
        {
            hash.Add(element);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(", ", elements)}]";
}

internal static class ValueList
{
    public static ValueList<T> Of<T>(IEnumerable<T> elements) => new(elements.ToArray());

    /// <summary>Copies what a user gives.</summary>
    public static ValueList<T> Given<T>(IEnumerable<T>? elements, string name) =>
        Of(elements ?? throw JitException.WrongType(name, "a list", "null"));
}

/// <summary>A dictionary that is equal to a dictionary with equal entries, in any order. It keeps the order.</summary>
internal sealed class ValueMap<T> : IReadOnlyDictionary<string, T>
{
    private readonly Dictionary<string, T> entries;

    public ValueMap(IEnumerable<KeyValuePair<string, T>> entries)
    {
        this.entries = new Dictionary<string, T>(entries, StringComparer.Ordinal);
    }

    public int Count => entries.Count;

    public IEnumerable<string> Keys => entries.Keys;

    public IEnumerable<T> Values => entries.Values;

    public T this[string key] => entries[key];

    public bool ContainsKey(string key) => entries.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => entries.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => entries.GetEnumerator();

    public override bool Equals(object? other) =>
        other is ValueMap<T> map
        && map.Count == Count
        && entries.All(entry => map.TryGetValue(entry.Key, out T? value) && Equals(value, entry.Value));

    public override int GetHashCode() => entries.Aggregate(Count, (hash, entry) => hash ^ entry.Key.GetHashCode());

    public override string ToString() =>
        "{" + string.Join(", ", entries.Select(entry => $"{entry.Key}: {entry.Value}")) + "}";
}

internal static class ValueMap
{
    public static ValueMap<T> Of<T>(IEnumerable<KeyValuePair<string, T>> entries) => new(entries);

    /// <summary>Copies what a user gives.</summary>
    public static ValueMap<T> Given<T>(IEnumerable<KeyValuePair<string, T>>? entries, string name)
    {
        if (entries is null)
        {
            throw JitException.WrongType(name, "a dictionary", "null");
        }

        try
        {
            return new ValueMap<T>(entries);
        }
        catch (ArgumentNullException)
        {
            throw JitException.WrongType(name, "a dictionary with keys", "one with a key that is null");
        }
        catch (ArgumentException)
        {
            throw JitException.Of(ErrorCode.DuplicateKey, $"duplicate key in `{name}`", name);
        }
    }
}
