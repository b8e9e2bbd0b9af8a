import Foundation

/// A page of the documentation as a person follows it: files to save, commands to type, and what they print.
struct Guide {
    enum Step: Sendable {
        /// A block with `title=NAME` behind its language.
        case file(name: String, text: String)
        /// A block of commands.
        case commands(String, line: Int)
        /// What the commands before it print; `…` stands for anything.
        case output([String], line: Int)
    }

    let steps: [Step]

    init(_ path: String) throws {
        var steps: [Step] = []
        var open: (info: [Substring], lines: [Substring], start: Int)?
        let lines = try String(contentsOfFile: path, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```") {
                guard let block = open else {
                    open = (line.dropFirst(3).split(separator: " "), [], index + 1)
                    continue
                }
                open = nil
                let text = block.lines.joined(separator: "\n") + "\n"
                if let title = block.info.first(where: { $0.hasPrefix("title=") }) {
                    steps.append(.file(name: String(title.dropFirst(6)), text: text))
                } else if block.info == ["sh"] {
                    steps.append(.commands(text, line: block.start))
                } else if block.info == ["text"] {
                    steps.append(.output(block.lines.map(String.init), line: block.start))
                }
            } else {
                open?.lines.append(line)
            }
        }
        self.steps = steps
    }

    /// The lines that do not come, in their order, in what was printed.
    static func missing(_ expected: [String], in printed: String) -> [String] {
        var rest = printed.split(separator: "\n").map(String.init)[...]
        var missing: [String] = []
        for line in expected {
            if let index = rest.firstIndex(where: { matches($0, line) }) {
                rest = rest[(index + 1)...]
            } else {
                missing.append(line)
            }
        }
        return missing
    }

    /// Whether a line holds the parts between the marks `…` one after the other.
    private static func matches(_ line: String, _ expected: String) -> Bool {
        var rest = line[...]
        for part in expected.split(separator: "…").map({ $0.trimmingCharacters(in: .whitespaces) }) where !part.isEmpty
        {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
