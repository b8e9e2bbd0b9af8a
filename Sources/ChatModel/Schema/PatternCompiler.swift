/// Turns the text of a pattern into instructions, by recursive descent.
struct PatternCompiler {
    private static let maximumInstructions = 5_000
    private static let maximumDepth = 50

    private let source: [Unicode.Scalar]
    private var index = 0
    private var depth = 0

    init(_ source: String) { self.source = Array(source.unicodeScalars) }

    mutating func compile() throws(SchemaPattern.SyntaxError) -> [PatternInstruction] {
        let program = try alternation()
        guard index == source.count else { throw error("unmatched ')'") }
        return program + [.match]
    }

    private func error(_ message: String) -> SchemaPattern.SyntaxError {
        SchemaPattern.SyntaxError(message: "\(message) at character \(index)")
    }

    private var current: Unicode.Scalar? { index < source.count ? source[index] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        index += 1
        return true
    }

    // Jumps within a fragment are relative to its start until it is placed, so that fragments can be copied.
    private func place(_ fragment: [PatternInstruction], at offset: Int) -> [PatternInstruction] {
        fragment.map { instruction in
            switch instruction {
            case .jump(let target): .jump(target + offset)
            case .split(let first, let second): .split(first + offset, second + offset)
            default: instruction
            }
        }
    }

    private mutating func alternation() throws(SchemaPattern.SyntaxError) -> [PatternInstruction] {
        var program = try sequence()
        while take("|") {
            let other = try sequence()
            let otherStart = program.count + 2
            let end = otherStart + other.count
            program = [.split(1, otherStart)] + place(program, at: 1) + [.jump(end)] + place(other, at: otherStart)
        }
        return program
    }

    private mutating func sequence() throws(SchemaPattern.SyntaxError) -> [PatternInstruction] {
        var program: [PatternInstruction] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            let start = index
            let piece = try quantified(try atom(), isAnchor: scalar == "^" || scalar == "$", from: start)
            program += place(piece, at: program.count)
            guard program.count <= Self.maximumInstructions else { throw error("the pattern is too large") }
        }
        return program
    }

    private mutating func quantified(
        _ atom: [PatternInstruction],
        isAnchor: Bool,
        from start: Int
    ) throws(SchemaPattern.SyntaxError) -> [PatternInstruction] {
        guard let (least, most) = try quantifier() else { return atom }
        if isAnchor { throw error("an anchor cannot be repeated") }
        guard (most ?? least) * atom.count <= Self.maximumInstructions else { throw error("the pattern is too large") }
        var program: [PatternInstruction] = []
        for _ in 0..<least { program += place(atom, at: program.count) }
        if let most {
            let end = program.count + (most - least) * (atom.count + 1)
            for _ in least..<most {
                program.append(.split(program.count + 1, end))
                program += place(atom, at: program.count)
            }
        } else {
            let loop = program.count
            program.append(.split(loop + 1, loop + atom.count + 2))
            program += place(atom, at: loop + 1)
            program.append(.jump(loop))
        }
        return program
    }

    private mutating func quantifier() throws(SchemaPattern.SyntaxError) -> (least: Int, most: Int?)? {
        let bounds: (Int, Int?)
        switch current {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{":
            index += 1
            guard let least = count() else { throw error("expected a count") }
            var most: Int? = least
            if take(",") { most = current == "}" ? nil : count() }
            guard current == "}", most ?? least >= least else { throw error("a count as {2}, {2,} or {2,5} is wanted") }
            bounds = (least, most)
        default: return nil
        }
        index += 1
        _ = take("?")
        if let scalar = current, "*+?{".unicodeScalars.contains(scalar) { throw error("nothing to repeat") }
        return bounds
    }

    private mutating func count() -> Int? {
        var value: Int?
        while let scalar = current, ("0"..."9").contains(scalar), value ?? 0 < 100_000 {
            value = (value ?? 0) * 10 + Int(scalar.value - 48)
            index += 1
        }
        return value
    }

    private mutating func atom() throws(SchemaPattern.SyntaxError) -> [PatternInstruction] {
        guard let scalar = current else { throw error("unexpected end") }
        index += 1
        switch scalar {
        case "^": return [.assertStart]
        case "$": return [.assertEnd]
        case ".": return [.consume(.notLineEnd)]
        case "[": return [.consume(try scalarClass())]
        case "\\": return [.consume(try escape(inClass: false))]
        case "(": return try group()
        case "*", "+", "?", "{": throw error("nothing to repeat")
        default: return [.consume(ScalarSet(ranges: [scalar...scalar]))]
        }
    }

    private mutating func group() throws(SchemaPattern.SyntaxError) -> [PatternInstruction] {
        if take("?"), !take(":") { throw error("look-around and named groups are not supported") }
        depth += 1
        guard depth <= Self.maximumDepth else { throw error("groups nested too deeply") }
        let program = try alternation()
        depth -= 1
        guard take(")") else { throw error("expected ')'") }
        return program
    }

    private mutating func scalarClass() throws(SchemaPattern.SyntaxError) -> ScalarSet {
        var set = ScalarSet()
        set.isNegated = take("^")
        while !take("]") {
            let low = try classMember()
            guard current == "-", index + 1 < source.count, source[index + 1] != "]" else {
                set.nested.append(low)
                continue
            }
            index += 1
            let high = try classMember()
            guard let from = low.single, let to = high.single, from <= to else { throw error("no such range") }
            set.ranges.append(from...to)
        }
        return set
    }

    private mutating func classMember() throws(SchemaPattern.SyntaxError) -> ScalarSet {
        guard let scalar = current else { throw error("expected ']'") }
        index += 1
        return scalar == "\\" ? try escape(inClass: true) : ScalarSet(ranges: [scalar...scalar])
    }

    private mutating func escape(inClass: Bool) throws(SchemaPattern.SyntaxError) -> ScalarSet {
        guard let scalar = current else { throw error("a lone \\ at the end") }
        index += 1
        switch scalar {
        case "d": return .digit
        case "D": return ScalarSet.digit.negated
        case "w": return .word
        case "W": return ScalarSet.word.negated
        case "s": return .space
        case "S": return ScalarSet.space.negated
        case "n": return single("\n")
        case "r": return single("\r")
        case "t": return single("\t")
        case "f": return single("\u{C}")
        case "v": return single("\u{B}")
        case "b" where inClass: return single("\u{8}")
        case "0": return single("\0")
        case "x": return single(try hexadecimal(count: 2))
        case "u": return single(try hexadecimal(count: 4))
        case "p", "P":
            guard take("{") else { throw error("expected '{'") }
            var name = ""
            while let next = current, !take("}") {
                name.unicodeScalars.append(next)
                index += 1
            }
            guard let category = ScalarSet.Category(rawValue: name) else { throw error("unknown category \(name)") }
            return ScalarSet(categories: [(category, scalar == "P")])
        case "a"..."z", "A"..."Z", "1"..."9": throw error("\\\(scalar) is not supported")
        default: return single(scalar)
        }
    }

    private func single(_ scalar: Unicode.Scalar) -> ScalarSet { ScalarSet(ranges: [scalar...scalar]) }

    private mutating func hexadecimal(count: Int) throws(SchemaPattern.SyntaxError) -> Unicode.Scalar {
        var digits = ""
        let isBraced = count == 4 && take("{")
        while let scalar = current, scalar.properties.isASCIIHexDigit, digits.utf8.count < (isBraced ? 6 : count) {
            digits.unicodeScalars.append(scalar)
            index += 1
        }
        guard isBraced ? take("}") : digits.utf8.count == count, let value = UInt32(digits, radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw error("no such character code") }
        return scalar
    }
}

extension ScalarSet {
    fileprivate var single: Unicode.Scalar? {
        guard ranges.count == 1, nested.isEmpty, categories.isEmpty, !isNegated,
            ranges[0].lowerBound == ranges[0].upperBound
        else { return nil }
        return ranges[0].lowerBound
    }
}
