using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace JitApprovals.Native;

/// <summary>The events of a request, as texts or as JSON.</summary>
internal sealed class EventTexts
{
    private readonly string[]? texts;
    private readonly JsonElement[]? elements;

    public EventTexts(IEnumerable<string> events)
    {
        texts = (events ?? throw Null()).ToArray();
    }

    public EventTexts(IEnumerable<JsonElement> events)
    {
        elements = (events ?? throw Null()).ToArray();
    }

    /// <summary>Whether the spelling does not matter: 1 for JSON, whose spelling is unknown.</summary>
    public byte AnySpelling => elements is null ? (byte)0 : (byte)1;

    public Argument[] AddTo(Arguments arguments) => elements is null
        ? texts!.Select((text, index) => arguments.Add(text, $"events[{index}]")).ToArray()
        : elements.Select((element, index) => arguments.AddJson(
            (element, index),
            static (writer, given) => Values.WriteElement(writer, given.element, $"events[{given.index}]"))).ToArray();

    /// <summary>The slices of the texts, in the buffer that begins at this address. Never empty, to have a pointer.</summary>
    public static unsafe JitSlice[] In(Argument[] texts, byte* bytes)
    {
        var slices = new JitSlice[texts.Length + 1];
        for (int index = 0; index < texts.Length; index++)
        {
            slices[index] = texts[index].In(bytes);
        }

        return slices;
    }

    private static JitException Null() => JitException.WrongType("events", "a list of events", "null");
}
