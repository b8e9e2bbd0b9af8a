extension JSONSchema {
    /// Checks a value against the whole schema.
    ///
    /// Nothing is coerced: `"false"` is no boolean and `"1"` no number, but `1.0` is an integer, as the specification
    /// has it. Lengths count Unicode scalars. Of the formats, `date-time`, `date`, `email`, `uuid` and `ipv4` are
    /// checked for their form; others are annotations. Patterns are matched in linear time (see `SchemaPattern`) and
    /// only against strings of up to 10,000 scalars; longer ones count as violations. `multipleOf` a fraction allows
    /// for rounding. Where none of several alternatives fits, the complaints are those of the one that was meant, as
    /// far as that can be told: by a property that has one fixed value in each, or by type.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - boundsTexts: Whether texts may be no longer than `maxLength` says.
    /// - Returns: Up to ten violations; none when the value follows the schema. What takes more than a bounded number of
    ///   steps counts as a violation.
    public func validate(_ value: JSONValue, boundsTexts: Bool = true) -> [SchemaViolation] {
        var validator = SchemaValidator(root: document, boundsTexts: boundsTexts)
        validator.check(value, by: document, at: "", depth: 0)
        return validator.violations
    }

    /// Whether a value follows a part of a schema; no when the steps do not suffice to tell.
    static func accepts(_ value: JSONValue, _ schema: JSONValue, root: JSONValue, steps: inout Int) -> Bool {
        var validator = SchemaValidator(root: root, limit: 1, steps: steps)
        validator.check(value, by: schema, at: "", depth: 0)
        steps = validator.stepsLeft
        return validator.violations.isEmpty
    }
}

struct SchemaValidator {
    static let maximumDepth = 200
    /// Alternatives within alternatives multiply: a bound on the steps keeps a hostile schema or answer from buying hours.
    static let maximumSteps = 200_000

    let root: JSONValue
    let limit: Int
    private let boundsTexts: Bool
    private(set) var violations: [SchemaViolation] = []
    private(set) var stepsLeft: Int
    /// What came of each reference within alternatives, so that alternatives which lead to the same one do not multiply.
    private var outcomes: [Reference: [SchemaViolation]] = [:]
    private var isAlternative = false

    /// A reference that a value was checked by; the path tells the value.
    private struct Reference: Hashable {
        let target: String
        let path: String
    }

    init(root: JSONValue, limit: Int = 10, boundsTexts: Bool = true, steps: Int = Self.maximumSteps) {
        self.root = root
        self.limit = limit
        self.boundsTexts = boundsTexts
        stepsLeft = steps
    }

    private var isFull: Bool { violations.count >= limit }

    private mutating func report(_ path: String, _ message: String, allowed: [JSONValue] = []) {
        if !isFull { violations.append(SchemaViolation(path: path, message: message, allowed: allowed)) }
    }

    mutating func check(_ value: JSONValue, by schema: JSONValue, at path: String, depth: Int) {
        if isFull { return }
        stepsLeft -= 1
        guard stepsLeft > 0, depth < Self.maximumDepth else {
            return report(path, "is too complex to be checked by this schema")
        }
        if schema == false { return report(path, "must not be there") }
        guard case .object(let keywords) = schema else { return }
        if let target = schema.referenced(in: root) {
            check(value, byReferenceOf: keywords, to: target, at: path, depth: depth + 1)
        }
        let types = schema.schemaTypes
        if !types.isEmpty, !types.contains(where: { value.isOfType($0) }) {
            return report(path, "must be \(types.joined(separator: " or ")), is \(value.typeName) \(value.excerpt)")
        }
        if keywords["const"] != nil { stepsLeft -= value.parts(upTo: 20_000) / 8 }
        if let expected = keywords["const"], !value.isEquivalent(to: expected) {
            return report(path, "must be \(expected.excerpt), is \(value.excerpt)", allowed: [expected])
        }
        if let values = keywords["enum"]?.arrayValue {
            stepsLeft -= (values.count + value.parts(upTo: 20_000)) / 8
            if !values.contains(where: value.isEquivalent) {
                return report(path, "\(value.excerpt) is not one of the allowed values", allowed: values)
            }
        }
        switch value {
        case .string(let text): check(text, keywords, at: path)
        case .integer, .number: checkNumber(value, keywords, at: path)
        case .array(let elements): check(elements, keywords, at: path, depth: depth)
        case .object(let members): check(members, keywords, at: path, depth: depth)
        case .null, .bool: break
        }
        if let alternatives = keywords["anyOf"]?.arrayValue {
            check(value, byAnyOf: alternatives, at: path, depth: depth)
        }
    }

    private mutating func check(
        _ value: JSONValue,
        byReferenceOf keywords: JSONObject,
        to target: JSONValue,
        at path: String,
        depth: Int
    ) {
        guard isAlternative, let name = keywords["$ref"]?.stringValue else {
            return check(value, by: target, at: path, depth: depth)
        }
        let reference = Reference(target: name, path: path)
        if let known = outcomes[reference] {
            for violation in known { report(violation.path, violation.message, allowed: violation.allowed) }
            return
        }
        let before = violations.count
        check(value, by: target, at: path, depth: depth)
        outcomes[reference] = Array(violations[before...])
    }

    private mutating func check(_ text: String, _ keywords: JSONObject, at path: String) {
        if keywords["minLength"] != nil || keywords["maxLength"] != nil {
            stepsLeft -= text.utf8.count / 256
            let count = text.unicodeScalars.count
            if let least = keywords["minLength"]?.integerValue, count < least {
                report(path, "must have at least \(least) characters, has \(count)")
            }
            if boundsTexts, let most = keywords["maxLength"]?.integerValue, count > most {
                report(path, "must have at most \(most) characters, has \(count)")
            }
        }
        if let source = keywords["pattern"]?.stringValue, let pattern = try? SchemaPattern(source) {
            // The pattern is read anew, and its length times the text's bounds the matching.
            stepsLeft -= 10 + source.utf8.count / 4 + min(text.utf8.count, SchemaPattern.maximumInput) / 16
            switch pattern.matches(text) {
            case true?: break
            case false?: report(path, "\(JSONValue.string(text).excerpt) does not match the pattern \(source)")
            case nil: report(path, "is too long for its pattern, which takes \(SchemaPattern.maximumInput) characters")
            }
        }
        if let format = keywords["format"]?.stringValue, let form = SchemaFormat(rawValue: format), !form.matches(text)
        {
            report(path, "\(JSONValue.string(text).excerpt) is no \(format)")
        }
    }

    private mutating func checkNumber(_ value: JSONValue, _ keywords: JSONObject, at path: String) {
        func bound(_ keyword: String, _ phrase: String, _ isBroken: (JSONValue, JSONValue) -> Bool) {
            if let bound = keywords[keyword], bound.doubleValue != nil, isBroken(value, bound) {
                report(path, "must be \(phrase) \(bound.jsonText), is \(value.jsonText)")
            }
        }
        bound("minimum", "at least") { $0.isLess(than: $1) }
        bound("maximum", "at most") { $1.isLess(than: $0) }
        bound("exclusiveMinimum", "more than") { !$1.isLess(than: $0) }
        bound("exclusiveMaximum", "less than") { !$0.isLess(than: $1) }
        bound("multipleOf", "a multiple of") { !$0.isMultiple(of: $1) }
    }

    private mutating func check(_ elements: [JSONValue], _ keywords: JSONObject, at path: String, depth: Int) {
        if let least = keywords["minItems"]?.integerValue, elements.count < least {
            report(path, "must have at least \(least) items, has \(elements.count)")
        }
        if let most = keywords["maxItems"]?.integerValue, elements.count > most {
            report(path, "must have at most \(most) items, has \(elements.count)")
        }
        guard let items = keywords["items"] else { return }
        for (index, element) in elements.enumerated() {
            if isFull { return }
            check(element, by: items, at: "\(path)/\(index)", depth: depth + 1)
        }
    }

    private mutating func check(_ members: JSONObject, _ keywords: JSONObject, at path: String, depth: Int) {
        let properties = keywords["properties"]?.objectValue ?? [:]
        stepsLeft -= (members.count + (keywords["required"]?.arrayValue?.count ?? 0)) / 8
        for name in keywords["required"]?.arrayValue ?? [] {
            guard let name = name.stringValue, members[name] == nil else { continue }
            report(path, "the property \"\(name)\" is missing", allowed: properties[name]?.fixedValues ?? [])
        }
        for (name, member) in members {
            if isFull { return }
            if let property = properties[name] {
                check(member, by: property, at: JSONPointer.appending(name, to: path), depth: depth + 1)
            } else if let additional = keywords["additionalProperties"] {
                if additional == false {
                    let known = properties.keys.map(JSONValue.string)
                    report(path, "there is no property \(JSONValue.string(name).excerpt)", allowed: known)
                } else {
                    check(member, by: additional, at: JSONPointer.appending(name, to: path), depth: depth + 1)
                }
            }
        }
    }
}

extension SchemaValidator {
    private mutating func check(_ value: JSONValue, byAnyOf alternatives: [JSONValue], at path: String, depth: Int) {
        stepsLeft -= alternatives.count
        let candidates = Self.candidates(of: alternatives, for: value, root: root)
        var best: [SchemaViolation]?
        for candidate in candidates {
            var attempt = SchemaValidator(root: root, limit: limit, boundsTexts: boundsTexts, steps: stepsLeft)
            attempt.isAlternative = true
            // Moved, not copied: the attempt adds to it.
            swap(&attempt.outcomes, &outcomes)
            attempt.check(value, by: candidate, at: path, depth: depth + 1)
            swap(&attempt.outcomes, &outcomes)
            stepsLeft = attempt.stepsLeft
            if attempt.violations.isEmpty { return }
            if best.map({ attempt.violations.count < $0.count }) ?? true { best = attempt.violations }
        }
        if candidates.count == 1, let best {
            for violation in best { report(violation.path, violation.message, allowed: violation.allowed) }
        } else if let (name, values) = Self.discriminator(of: alternatives.fitting(value, root: root), root: root),
            case .object(let members) = value
        {
            if let member = members[name] {
                let place = JSONPointer.appending(name, to: path)
                report(place, "\(member.excerpt) is not one of the allowed values", allowed: values.flatMap(\.self))
            } else {
                report(path, "the property \"\(name)\" is missing", allowed: values.flatMap(\.self))
            }
        } else if let best, !candidates.isEmpty {
            report(path, "follows none of the \(alternatives.count) allowed forms; the closest of them says:")
            for violation in best { report(violation.path, violation.message, allowed: violation.allowed) }
        } else {
            var types: [String] = []
            for type in alternatives.flatMap({ $0.resolved(in: root).schemaTypes }) where !types.contains(type) {
                types.append(type)
            }
            report(path, "must be \(types.joined(separator: " or ")), is \(value.typeName) \(value.excerpt)")
        }
    }

    /// The alternatives that a value can mean: the others are excluded by a type or by the fixed value of a property.
    static func candidates(of alternatives: [JSONValue], for value: JSONValue, root: JSONValue) -> [JSONValue] {
        let ofType = alternatives.fitting(value, root: root)
        guard case .object(let members) = value, let (name, values) = discriminator(of: ofType, root: root) else {
            return ofType
        }
        guard let member = members[name] else { return [] }
        return zip(ofType, values).filter { $0.1.contains(where: member.isEquivalent) }.map(\.0)
    }

    /// The property that has fixed values in every alternative and is required there, and these values.
    private static func discriminator(
        of alternatives: [JSONValue],
        root: JSONValue
    ) -> (name: String, values: [[JSONValue]])? {
        let objects = alternatives.map { $0.resolved(in: root) }.filter { $0["properties"] != nil }
        guard objects.count > 1, objects.count == alternatives.count, let first = objects.first else { return nil }
        // Whoever writes such a property writes it early; the rest would only cost time.
        for (position, member) in (first["properties"]?.objectValue ?? [:]).enumerated() {
            guard position < 32 else { break }
            guard case let (name, property) = member, property.fixedValues != nil else { continue }
            var values: [[JSONValue]] = []
            for object in objects {
                guard object["required"]?.arrayValue?.contains(.string(name)) ?? false,
                    let fixed = object["properties"]?[name]?.fixedValues
                else { break }
                values.append(fixed)
            }
            if values.count == objects.count { return (name, values) }
        }
        return nil
    }
}

extension [JSONValue] {
    /// Those of these schemas that do not exclude a value by its type.
    fileprivate func fitting(_ value: JSONValue, root: JSONValue) -> [JSONValue] {
        filter { alternative in
            let types = alternative.resolved(in: root).schemaTypes
            return types.isEmpty || types.contains(where: { value.isOfType($0) })
        }
    }
}
