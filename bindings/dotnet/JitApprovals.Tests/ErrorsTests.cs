using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using NUnit.Framework;

namespace JitApprovals.Tests;

/// <summary>The exceptions.</summary>
public sealed class ErrorsTests
{
    [Test]
    public void TheCatalogueIsThatOfTheVectorsAndOfTheEnum()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Repository.File("tests/vectors/errors.json")));
        var frozen = file.RootElement.GetProperty("errors").EnumerateArray()
            .ToDictionary(row => row.GetProperty("number").GetInt32());
        foreach (CatalogueRow row in Catalogue.Rows)
        {
            JsonElement expected = frozen[row.Number];
            Assert.That(row.CodeName, Is.EqualTo(expected.GetProperty("code").GetString()));
            Assert.That(row.Family, Is.EqualTo(expected.GetProperty("family").GetString()));
            Assert.That(row.Status, Is.EqualTo(expected.GetProperty("status").GetInt32()));
            Assert.That(row.Code, Is.Not.EqualTo(ErrorCode.Unknown));
            Assert.That(
                row.Code.ToString(), Is.EqualTo(row.CodeName.Replace("_", "", StringComparison.Ordinal)).IgnoreCase);
        }

        Assert.That(Catalogue.Rows, Has.Count.EqualTo(frozen.Count));
        Assert.That(Catalogue.Rows.Select(row => row.Number), Is.Ordered.And.Unique);
        Assert.That(Enum.GetValues<ErrorCode>(), Has.Length.EqualTo(Catalogue.Rows.Count + 1));
    }

    [Test]
    public void EachFamilyHasAClass()
    {
        Type[] classes = typeof(JitException).Assembly.GetTypes()
            .Where(type => type.BaseType == typeof(JitException))
            .ToArray();
        IEnumerable<string> families = Catalogue.Rows.Select(row => row.Family).Distinct();
        Assert.That(
            classes.Select(type => type.Name),
            Is.EquivalentTo(families.Select(ClassName)));
        foreach (Type type in classes)
        {
            Assert.That(type.IsPublic && type.IsSealed);
        }
    }

    [Test]
    public void EachErrorIsAnInstanceOfItsFamilysClass()
    {
        MethodInfo from = typeof(JitException).GetMethod("From", BindingFlags.NonPublic | BindingFlags.Static)!;
        foreach (CatalogueRow row in Catalogue.Rows)
        {
            using JsonDocument record = JsonDocument.Parse(JsonSerializer.Serialize(new
            {
                number = row.Number,
                code = row.CodeName,
                family = row.Family,
                status = row.Status,
                message = row.Message,
            }));
            object error = from.Invoke(null, new object[] { record.RootElement })!;
            Assert.That(error.GetType().Name, Is.EqualTo(ClassName(row.Family)));
            Assert.That(((JitException)error).Code, Is.EqualTo(row.Code));
        }
    }

    private static string ClassName(string family) => $"{char.ToUpperInvariant(family[0])}{family[1..]}Exception";

    [Test]
    public void AnErrorHasItsRow()
    {
        TokenException error = Assert.Throws<TokenException>(() => UnverifiedToken.Parse("no token"))!;
        CatalogueRow row = Catalogue.Rows.Single(row => row.CodeName == error.CodeName);
        Assert.That(error.Number, Is.EqualTo(row.Number));
        Assert.That(error.Status, Is.EqualTo(row.Status));
        Assert.That(error.Family, Is.EqualTo("token"));
        Assert.That((int)error.Code, Is.EqualTo(row.Number));
        using JsonDocument record = JsonDocument.Parse(error.ToJson());
        Assert.That(record.RootElement.GetProperty("code").GetString(), Is.EqualTo(error.CodeName));
        Assert.That(record.RootElement.GetProperty("message").GetString(), Is.EqualTo(error.Message));
    }

    [Test]
    public void AMistakeInATextHasAPlace()
    {
        InputException error = Assert.Throws<InputException>(() => Template.Parse("{\n  \"a\": 1,\n  \"a\": 2\n}"))!;
        Assert.That((error.Line, error.Column), Is.EqualTo((3, 3)));
        Assert.That(error.Message, Is.EqualTo("duplicate key `a` at line 3 column 3"));
        Assert.That(error.Detail, Is.EqualTo("duplicate key `a`"));
        IReadOnlyList<JitException> mistakes = Template.Mistakes(
            """{"approvalType": "sign", "templateName": "T", "approvalKey": "T", "approvalData": "$(x)"}""");
        Assert.That(mistakes, Has.Count.GreaterThan(2));
        Assert.That(mistakes.Select(mistake => mistake.Field), Does.Contain("approvalTitle"));
        Assert.That(Template.Mistakes(Story.Record), Is.Empty);
        Assert.That(Template.Mistakes("{")[0].Code, Is.EqualTo(ErrorCode.MalformedJson));
    }

    [Test]
    public void AStackPointsAtTheCallersLine()
    {
        TokenException error = Assert.Throws<TokenException>(() => UnverifiedToken.Parse("no token"))!;
        Assert.That(error.StackTrace, Does.Contain(nameof(AStackPointsAtTheCallersLine)));
        Assert.That(error.Data, Is.Empty);
    }

    [Test]
    public void AMessageCannotForgeALine()
    {
        var name = "a\nERROR forged \u202e";
        using SigningKey key = Story.Key();
        using Minter minter = Story.Minter(key);
        JitException error = Assert.Catch<JitException>(
            () => minter.Mint("kevin", new Dictionary<string, object?> { [name] = double.NaN }))!;
        Assert.That(error.Message, Does.Not.Contain('\n').And.Not.Contain('\u202e'));
        Assert.That(error.Field, Does.Not.Contain('\n').And.Not.Contain('\u202e'));
    }
}
