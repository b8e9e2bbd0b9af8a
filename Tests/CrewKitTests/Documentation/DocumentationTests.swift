import Foundation
import Testing

/// The Swift code of the documentation is code of this folder, which is compiled and run.
struct DocumentationTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../..").standardized

    /// The lines that say something, without their indentation: code stands deeper in a test than in an article.
    private static func lines(_ text: some StringProtocol) -> [String] {
        text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    private static func texts(of folder: String, _ suffix: String) throws -> [(name: String, text: String)] {
        let folder = root.appendingPathComponent(folder)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(suffix) }
            .map { ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)) }
    }

    /// The blocks of a text that are marked as Swift.
    private static func blocks(of text: String) -> [[String]] {
        text.components(separatedBy: "```swift\n").dropFirst().map { part in
            lines(part.components(separatedBy: "\n```")[0])
        }
    }

    @Test func everySnippetIsCompiledCode() throws {
        let code = try Self.texts(of: "Tests/CrewKitTests/Documentation", ".swift").map { Self.lines($0.text) }
        let readme = try String(contentsOf: Self.root.appendingPathComponent("README.md"), encoding: .utf8)
        let articles = try Self.texts(of: "Sources/CrewKit/CrewKit.docc", ".md") + [("README.md", readme)]
        var count = 0
        for (name, text) in articles {
            for block in Self.blocks(of: text) {
                count += 1
                let isThere = code.contains { lines in
                    lines.indices.contains { start in lines[start...].starts(with: block) }
                }
                #expect(isThere, "\(name): no test has these lines: \(block.joined(separator: "\n"))")
            }
        }
        #expect(count >= 15)
    }
}
