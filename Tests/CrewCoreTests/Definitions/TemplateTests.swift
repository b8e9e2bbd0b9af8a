import ChatModel
import Testing

@testable import CrewCore

struct TemplateTests {
    @Test func valuesArePutInOnceAndNeverLookedAtAgain() {
        let template = Template("{{a}}-{{ b }}-{{a}} {x} }} ${env:HOME}")
        #expect(template.placeholders == ["a", "b", "a"])
        #expect(template.malformed == [])
        #expect(template.filled(with: ["a": "{{b}}", "b": "%n"]) == "{{b}}-%n-{{b}} {x} }} ${env:HOME}")
        #expect(template.filled(with: ["a": "x"]) == nil)
    }

    @Test(arguments: ["{{", "{{a", "{{}}", "{{ }}", "{{a.b}}", "{{a|upper}}", "{{{a}}}", "{{a b}}", "{{ä}}"])
    func malformedPlaceholdersAreFound(text: String) {
        #expect(Template("x \(text) y").malformed.count == 1)
        #expect(Template("x \(text) y").filled(with: ["a": "1"]) == nil)
    }

    @Test(arguments: [
        ("writr", "writer"), ("WRITER", "writer"), ("wrtier", "writer"), ("xyz", nil), ("", nil),
        ("reseacher", "researcher"),
    ])
    func nearestName(word: String, expected: String?) {
        #expect(NearestName.of(word, in: ["researcher", "writer", "a"]) == expected)
    }

    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "acb", 1), ("kitten", "sitting", 3), ("ab", "ba", 1), ("a", "a", 0),
    ])
    func editDistance(left: String, right: String, expected: Int) {
        #expect(NearestName.distance(Array(left.unicodeScalars), Array(right.unicodeScalars)) == expected)
    }
}

struct PriceTableTests {
    @Test func listedNamesHavePricesAndOthersDoNot() throws {
        let table = PriceTable.builtIn
        #expect(table.price(for: "gpt-5-mini") == Price(input: 250_000, cachedInput: 25_000, output: 2_000_000))
        #expect(table.price(for: "gpt-5-mini-2025-08-07") == table.price(for: "gpt-5-mini"))
        for name in ["gpt-5-mini-2099-01-01", "GPT-5-mini", "gpt-5-min", ""] { #expect(table.price(for: name) == nil) }
        #expect(table.source.hasPrefix("genai-prices "))
        #expect(table.date.count == 10)
    }

    @Test func everyPriceIsPositiveAndCachedInputIsNoDearer() throws {
        #expect(PriceTable.builtIn.models.count > 80)
        for name in PriceTable.builtIn.models {
            let price = try #require(PriceTable.builtIn.price(for: name))
            #expect(price.tiers.first?.above == 0, "\(name)")
            for tier in price.tiers {
                #expect(
                    tier.input > 0 && tier.output > 0 && tier.cachedInput >= 0 && tier.cachedInput <= tier.input,
                    "\(name)"
                )
            }
        }
    }
}
