using System.Reflection;
using System.Text;
using CiCompliance.Testing;

namespace CiCompliance.Cake.Tests;

/// <summary>What users may rely on changes knowingly.</summary>
public sealed class PublicApiTests
{
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Test]
    public void PublicApi_OfTheCakePackage_IsTheApprovedOne()
    {
        var text = new StringBuilder();
        foreach (var type in typeof(ComplianceContext).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append($"{(type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}class {type.FullName} : {type.BaseType}\n");
            foreach (var member in type.GetMembers(Members).Where(IsVisible).Select(member => $"    {Describe(member)}\n").Order(StringComparer.Ordinal))
            {
                text.Append(member);
            }
        }

        Approved.ShouldMatch(Encoding.UTF8.GetBytes(text.ToString()), "PublicApi.txt");
    }

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => (method.IsPublic || method.IsFamily) && (!method.IsSpecialName || method.IsConstructor),
        PropertyInfo property => property.GetAccessors().Length > 0,
        FieldInfo field => field.IsPublic || field.IsFamily,
        _ => false,
    };

    private static string Describe(MemberInfo member) => member switch
    {
        PropertyInfo property => $"{property} {{ {string.Join(" ", property.GetAccessors().Select(accessor => accessor.ReturnType == typeof(void) ? "set;" : "get;"))} }}",
        MethodInfo method => $"{(method.IsStatic ? "static " : method.IsVirtual ? "virtual " : "")}{method.ReturnType} {method.Name}({Parameters(method)})",
        MethodBase constructor => $".ctor({Parameters(constructor)})",
        _ => member.ToString()!,
    };

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter => $"{parameter.ParameterType} {parameter.Name}"));
}
