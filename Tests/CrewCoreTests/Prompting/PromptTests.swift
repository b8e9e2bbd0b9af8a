import ChatModel
import Foundation
import Prompts
import Testing

@testable import CrewCore

/// The templates of what is sent to models.
struct PromptTests {
    @Test(arguments: [
        ("a {{x}} b", "a 1 b"),
        ("{{#if x}}yes{{/if}}{{#if none}}no{{/if}}", "yes"),
        ("{{#if x}}\nyes\n{{/if}}\nend", "yes\nend"),
        ("{{#each items}}\n- {{name}}\n{{/each}}\n", "- {{x}}\n- b"),
        ("{ {x} }", "{ {x} }"),
        ("{{#if items}}has{{/if}}{{#if empty}}none{{/if}}", "has"),
    ])
    func aTemplateIsFilledInOnce(source: String, expected: String) throws {
        let template = try PromptTemplate(parsing: source)
        let text = template.render([
            "x": .text("1"), "none": .text(""), "empty": .list([]),
            "items": .list([["name": .text("{{x}}")], ["name": .text("b")]]),
        ])
        #expect(text == expected)
    }

    @Test func aTemplateIsNestedAndLongOnlySoFar() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "{{#if x}}", count: depth) + String(repeating: "{{/if}}", count: depth)
        }
        #expect(try PromptTemplate(parsing: nested(16)).variables == ["x"])
        for text in [nested(17), nested(20_000), String(repeating: "{{#each x}}", count: 20_000)] {
            let error = try #require(throws: PromptTemplateError.self) { try PromptTemplate(parsing: text) }
            #expect(error.message == "blocks are nested at most 16 deep")
        }
        #expect(try PromptTemplate(parsing: String(repeating: "{{x}}", count: 200)).variables == ["x"])
        #expect(throws: PromptTemplateError.self) {
            try PromptTemplate(parsing: String(repeating: "{{x}}", count: 201))
        }
    }

    @Test(arguments: [
        ("ab\n {{x", "2:2"), ("{{}}", "1:1"), ("{{a b}}", "1:1"), ("x {{/if}}", "1:3"),
        ("{{#unless x}}{{/unless}}", "1:1"),
        ("{{#if}}{{/if}}", "1:1"), ("{{#if x}}{{/each}}", "1:10"),
    ])
    func aMistakeIsNamedWithItsPlace(source: String, place: String) {
        do {
            _ = try PromptTemplate(parsing: source)
            Issue.record("it was taken")
        } catch {
            #expect(error.description.hasPrefix("\(place): "))
        }
    }

    @Test func aReplacementMustBeATemplateOfThisNameWithKnownNames() throws {
        let replaced = try PromptBook(replacing: ["aggregate.md": "Join them."])
        #expect(replaced.render(.aggregate) == "Join them.")
        let builtIn = try PromptBook.builtIn()
        #expect(replaced.version != builtIn.version)
        for (file, text) in [("agents.md", ""), ("repair.md", "{{reason}}"), ("repair.md", "{{#each reasons}}")] {
            do {
                _ = try PromptBook(replacing: [file: text])
                Issue.record("\(file) was taken")
            } catch {
                #expect(error.file == file)
            }
        }
    }

    @Test func everyTemplateInTheFolderIsBuiltIn() throws {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        folder.append(path: "Prompts")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".md") }
        #expect(Set(names) == Set(Prompts.files.map(\.name)))
        #expect(Set(names) == Set(PromptBook.Page.allCases.map(\.rawValue)))
        for (name, bytes) in Prompts.files {
            let onDisk = try Data(contentsOf: folder.appending(path: name))
            #expect(Data(bytes) == onDisk, "\(name)")
        }
    }

    @Test func everyPageRendersWithAllItsValues() throws {
        let book = try PromptBook.builtIn()
        for page in PromptBook.Page.allCases {
            var values: [(String, PromptTemplate.Value)] = []
            for name in page.variables where !name.contains(".") {
                let parts = page.variables.filter { $0.hasPrefix(name + ".") }.map {
                    String($0.dropFirst(name.count + 1))
                }
                let item = PromptTemplate.Values(parts.map { ($0, .text("<\(name).\($0)>")) })
                values.append((name, parts.isEmpty ? .text("<\(name)>") : .list([item])))
            }
            let text = book.render(page, PromptTemplate.Values(values))
            #expect(!text.isEmpty && !text.contains("{{") && !text.contains("}}"), "\(page)")
        }
    }

    @Test func aValueThatLooksLikeATemplateStaysText() throws {
        var simulation = try DrivenRun(.team(.sequential))
        simulation.finish(0, with: .said("{{goal}} {{#if x}}"))
        let text = try #require(simulation.call(0)?.request.conversation.messages.last?.text)
        #expect(text.contains("{{goal}} {{#if x}}"))
    }

    @Test func theRequestIsTheOneForWhichTheHoldWasReckoned() throws {
        let crew = Crew.team(.coordinator, price: Price(input: 7, output: 11))
        for money in [Int64(1_000_000), 12_345_678, 999_999_999] {
            let simulation = try DrivenRun(crew, limits: Limits(money: Money(picodollars: money), tokens: 100_000))
            let call = try #require(simulation.call(0))
            #expect(call.hold.tokens == call.request.inputTokenBound + call.request.maximumOutput)
        }
    }
}
