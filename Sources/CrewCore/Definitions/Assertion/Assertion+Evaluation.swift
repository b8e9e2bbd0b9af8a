public import ChatModel

extension Assertion {
    /// Whether an assertion holds, and if not, why.
    public struct Outcome: Sendable, Hashable {
        /// Whether it holds.
        public let holds: Bool
        /// Why it does not, in words that a model can act on; empty when it holds.
        public let reason: String
    }

    /// Evaluates the assertion on a result that follows a schema.
    ///
    /// Every result gets an answer: what is missing or of the wrong type makes a comparison undecided, and a condition
    /// that stays undecided does not hold, negated or not.
    public func evaluate(_ result: JSONValue) -> Outcome {
        let verdict = Evaluation(result: result).decide(condition)
        return Outcome(holds: verdict.truth == true, reason: verdict.truth == true ? "" : verdict.reason)
    }

    /// Evaluates the assertion on a result that is prose, which it calls `text`.
    public func evaluate(prose: String) -> Outcome { evaluate(["text": .string(prose)]) }
}

/// What is known of a condition; `nil` is undecided.
private struct Verdict {
    let truth: Bool?
    /// Why it is not true.
    let reason: String
    /// Why it is not false: the reason that a negation gives.
    let reverse: String

    static func undecided(_ reason: String) -> Verdict { Verdict(truth: nil, reason: reason, reverse: reason) }
}

private struct Unknown: Error {
    let reason: String
}

private struct Evaluation {
    let result: JSONValue

    func decide(_ node: Assertion.Node) -> Verdict {
        switch node {
        case .not(let inner):
            let verdict = decide(inner)
            return Verdict(truth: verdict.truth.map { !$0 }, reason: verdict.reverse, reverse: verdict.reason)
        case .and(let left, let right):
            let (first, second) = (decide(left), decide(right))
            let truth: Bool? =
                if first.truth == false || second.truth == false {
                    false
                } else if first.truth == nil
                    || second.truth == nil
                { nil } else { true }
            let reasons = [first, second].filter { $0.truth != true }.map(\.reason)
            return Verdict(
                truth: truth,
                reason: joined(reasons, "; "),
                reverse: joined([first.reverse, second.reverse], "; ")
            )
        case .or(let left, let right):
            let (first, second) = (decide(left), decide(right))
            let truth: Bool? =
                if first.truth == true || second.truth == true {
                    true
                } else if first.truth == nil || second.truth == nil { nil } else { false }
            let reverses = [first, second].filter { $0.truth != false }.map(\.reverse)
            return Verdict(
                truth: truth,
                reason: joined([first.reason, second.reason], ", and "),
                reverse: joined(reverses, "; ")
            )
        case .comparison(let left, let comparison, let right): return compare(left, comparison, right)
        case .literal, .path, .call: return condition(node)
        }
    }

    private func joined(_ reasons: [String], _ separator: String) -> String { reasons.joined(separator: separator) }

    private func condition(_ node: Assertion.Node) -> Verdict {
        do throws(Unknown) {
            let value = try value(node)
            guard let truth = value.boolValue else {
                return .undecided("\(name(node)) is \(describe(value)), neither true nor false")
            }
            if case .call(.contains, let arguments) = node, let part = try? self.value(arguments[1]) {
                let whole = name(arguments[0])
                return Verdict(
                    truth: truth,
                    reason: "\(whole) does not contain \(describe(part))",
                    reverse: "\(whole) contains \(describe(part))"
                )
            }
            return Verdict(truth: truth, reason: "\(name(node)) is false", reverse: "\(name(node)) is true")
        } catch {
            return .undecided(error.reason)
        }
    }

    private func compare(_ left: Assertion.Node, _ comparison: Assertion.Comparison, _ right: Assertion.Node) -> Verdict
    {
        do throws(Unknown) {
            let (first, second) = (try value(left), try value(right))
            let truth: Bool
            switch comparison {
            case .equal: truth = equal(first, second)
            case .unequal: truth = !equal(first, second)
            default:
                guard let order = order(first, second) else {
                    let wrong = first.doubleValue == nil ? (left, first) : (right, second)
                    throw Unknown(reason: "\(name(wrong.0)) is \(describe(wrong.1)), not a number")
                }
                switch comparison {
                case .greater: truth = order > 0
                case .atLeast: truth = order >= 0
                case .less: truth = order < 0
                default: truth = order <= 0
                }
            }
            let has = measured(left, first)
            return Verdict(
                truth: truth,
                reason: "\(has); \(needed(comparison, second)) needed",
                reverse: "\(has); \(needed(comparison.opposite, second)) needed"
            )
        } catch {
            return .undecided(error.reason)
        }
    }

    private func value(_ node: Assertion.Node) throws(Unknown) -> JSONValue {
        switch node {
        case .literal(let value): return value
        case .path(let path): return try follow(path)
        case .call(let function, let arguments):
            var values: [JSONValue] = []
            for argument in arguments { values.append(try value(argument)) }
            return try apply(function, values, to: arguments)
        case .comparison, .not, .and, .or:
            let verdict = decide(node)
            guard let truth = verdict.truth else { throw Unknown(reason: verdict.reason) }
            return .bool(truth)
        }
    }

    private func follow(_ path: [String]) throws(Unknown) -> JSONValue {
        var value = result
        for (index, step) in path.enumerated() {
            let next: JSONValue? =
                if let elements = value.arrayValue {
                    Int(step).flatMap { elements.indices.contains($0) ? elements[$0] : Optional<JSONValue>.none }
                } else {
                    value[step]
                }
            guard let next else {
                throw Unknown(reason: "the result has no \(path[...index].joined(separator: "."))")
            }
            value = next
        }
        return value
    }

    private func apply(
        _ function: Assertion.Function,
        _ values: [JSONValue],
        to arguments: [Assertion.Node]
    ) throws(Unknown) -> JSONValue {
        let subject = values[0]
        switch (function, subject) {
        case (.length, .string(let text)): return .integer(Int64(text.unicodeScalars.count))
        case (.words, .string(let text)): return .integer(Int64(text.split(whereSeparator: \.isWhitespace).count))
        case (.length, .array(let elements)), (.count, .array(let elements)): return .integer(Int64(elements.count))
        case (.count, .object(let members)): return .integer(Int64(members.count))
        case (.contains, .array(let elements)): return .bool(elements.contains { equal($0, values[1]) })
        case (.contains, .string(let text)):
            guard let part = values[1].stringValue else {
                throw Unknown(reason: "\(name(arguments[1])) is \(describe(values[1])), not a string")
            }
            return .bool(part.isEmpty || text.contains(part))
        default:
            let wanted =
                switch function {
                case .length, .contains: "a string or an array"
                case .words: "a string"
                case .count: "an array or an object"
                }
            throw Unknown(reason: "\(name(arguments[0])) is \(describe(subject)), not \(wanted)")
        }
    }

    private func equal(_ left: JSONValue, _ right: JSONValue) -> Bool {
        order(left, right).map { $0 == 0 } ?? (left == right)
    }

    /// Negative, zero or positive as the left number is less, equal or greater; `nil` unless both are numbers.
    private func order(_ left: JSONValue, _ right: JSONValue) -> Int? {
        if case .integer(let first) = left, case .integer(let second) = right {
            return first == second ? 0 : first < second ? -1 : 1
        }
        guard let first = left.doubleValue, let second = right.doubleValue else { return nil }
        return first == second ? 0 : first < second ? -1 : 1
    }

    // MARK: - Words

    private func measured(_ node: Assertion.Node, _ value: JSONValue) -> String {
        guard case .call(let function, let arguments) = node, let count = value.integerValue, function != .contains
        else {
            return "\(name(node)) is \(describe(value))"
        }
        let isText = (try? self.value(arguments[0]))?.stringValue != nil
        let unit =
            switch function {
            case .words: "word"
            case .length where isText: "character"
            default: "element"
            }
        return "\(name(arguments[0])) has \(count) \(unit)\(count == 1 ? "" : "s")"
    }

    private func needed(_ comparison: Assertion.Comparison, _ value: JSONValue) -> String {
        let shown = describe(value)
        let verb = value == .integer(1) ? "is" : "are"
        return switch comparison {
        case .greater: "more than \(shown) \(verb)"
        case .atLeast: "at least \(shown) \(verb)"
        case .less: "less than \(shown) \(verb)"
        case .atMost: "at most \(shown) \(verb)"
        case .equal: "\(shown) is"
        case .unequal: "anything but \(shown) is"
        }
    }

    private func name(_ node: Assertion.Node) -> String {
        switch node {
        case .literal(let value): describe(value)
        case .path(let path): path.joined(separator: ".")
        case .call(let function, let arguments):
            "\(function.rawValue)(\(arguments.map { name($0) }.joined(separator: ", ")))"
        case .comparison, .not, .and, .or: "the condition"
        }
    }

    private func describe(_ value: JSONValue) -> String {
        switch value {
        case .null, .bool, .integer, .number: return value.jsonText
        case .string(let text):
            let isLong = text.unicodeScalars.count > 60
            return JSONValue.string(
                String(String.UnicodeScalarView(text.unicodeScalars.prefix(60))) + (isLong ? "…" : "")
            )
            .jsonText
        case .array: return "an array"
        case .object: return "an object"
        }
    }
}

extension Assertion.Comparison {
    fileprivate var opposite: Assertion.Comparison {
        switch self {
        case .greater: .atMost
        case .atLeast: .less
        case .less: .atLeast
        case .atMost: .greater
        case .equal: .unequal
        case .unequal: .equal
        }
    }
}
