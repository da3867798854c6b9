using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using NUnit.Framework.Api;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

/// <summary>Runs the tests of an assembly with NUnit's own engine: <c>Runner.dll TESTS.dll [NAME]</c>.</summary>
internal sealed class Runner : ITestListener
{
    /// <summary>During a test, NUnit collects what is written to the console.</summary>
    private static readonly TextWriter Output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };

    private static int Main(string[] arguments)
    {
        var runner = new NUnitTestAssemblyRunner(new DefaultTestAssemblyBuilder());
        runner.Load(Assembly.LoadFrom(Path.GetFullPath(arguments[0])), new Dictionary<string, object>());
        string filter = arguments.Length > 1
            ? $"<filter><test re='1'>{arguments[1]}</test></filter>"
            : "<filter/>";
        ITestResult result = runner.Run(new Runner(), TestFilter.FromXml(filter));
        Output.WriteLine($"{result.PassCount} passed, {result.FailCount} failed, {result.SkipCount} skipped");
        return result.ResultState.Status is TestStatus.Failed || result.PassCount == 0 ? 1 : 0;
    }

    public void TestStarted(ITest test)
    {
    }

    public void TestFinished(ITestResult result)
    {
        bool hasOwnProblem = !result.Test.IsSuite || result.ResultState.Site is FailureSite.SetUp or FailureSite.TearDown;
        if (hasOwnProblem && result.ResultState.Status != TestStatus.Passed)
        {
            Output.WriteLine($"{result.ResultState.Status} {result.FullName}\n{result.Message}\n{result.StackTrace}\n");
        }
    }

    public void TestOutput(TestOutput output) => Output.Write(output.Text);

    public void SendMessage(TestMessage message)
    {
    }
}
