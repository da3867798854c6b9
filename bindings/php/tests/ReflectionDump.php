<?php

/**
 * Prints what is declared in the namespace JitApprovals, as JSON: of the loaded extension, or of the stub that is given as
 * the argument.
 */

declare(strict_types=1);

if (isset($argv[1])) {
    require $argv[1];
}

$inNamespace = static fn (string $name): bool => str_starts_with($name, 'JitApprovals\\');
$parameters = static fn (ReflectionFunctionAbstract $function): array => array_map(
    static fn (ReflectionParameter $parameter): array => [
        'name' => $parameter->getName(),
        'type' => (string) $parameter->getType(),
        'default' => $parameter->isDefaultValueAvailable() ? var_export($parameter->getDefaultValue(), true) : null,
    ],
    $function->getParameters(),
);
$declared = [];
foreach (array_filter(get_declared_classes(), $inNamespace) as $name) {
    $class = new ReflectionClass($name);
    $own = static fn (ReflectionMethod|ReflectionProperty $member): bool => $member->getDeclaringClass()->getName() === $name;
    $members = ['parent' => $class->getParentClass() ? $class->getParentClass()->getName() : null];
    $members['interfaces'] = $class->getInterfaceNames();
    sort($members['interfaces']);
    if ($class->isEnum()) {
        // The engine makes only the enums of programs final.
        $members['cases'] = array_column($name::cases(), 'value', 'name');
    } else {
        $members['final'] = $class->isFinal();
        foreach (array_filter($class->getProperties(ReflectionProperty::IS_PUBLIC), $own) as $property) {
            $members['properties'][$property->getName()] = (string) $property->getType();
        }
        foreach (array_filter($class->getMethods(), $own) as $method) {
            // A class that only calls create has no constructor that works.
            if ($method->isConstructor() && $method->getNumberOfParameters() === 0) {
                continue;
            }
            $members['methods'][$method->getName()] = [
                'static' => $method->isStatic(),
                'parameters' => $parameters($method),
                'returns' => (string) $method->getReturnType(),
            ];
        }
    }
    $declared[$name] = $members;
}
$functions = array_merge(...array_values(get_defined_functions()));
foreach (array_filter($functions, static fn (string $name): bool => $inNamespace((new ReflectionFunction($name))->getName())) as $name) {
    $function = new ReflectionFunction($name);
    $declared[$function->getName() . '()'] = [
        'parameters' => $parameters($function),
        'returns' => (string) $function->getReturnType(),
    ];
}
ksort($declared);
echo json_encode($declared, JSON_THROW_ON_ERROR);
