import CrewCore
import Testing

@testable import CrewTools

struct CalculatorTests {
    static let context = ToolContext(run: "r", agent: "a", idempotencyKey: "k")

    private func compute(_ expression: String) throws -> String {
        try Calculator().call(Calculator.Input(expression: expression), context: Self.context)
    }

    @Test(arguments: [
        ("1+2*3", "7"), ("(1+2)*3", "9"), ("2^3^2", "512"), ("-2^2", "-4"), ("2^-1", "0.5"), ("--3", "3"), ("+4", "4"),
        ("7 % 4", "3"), ("-7 % 4", "-3"), ("10/4", "2.5"), ("0.1+0.2", "0.3"), ("19.99*3", "59.97"),
        ("1/3", "0.333333333333333"),
        ("9007199254740992", "9007199254740992"), ("1e3", "1000"), ("2.5E-3", "0.0025"), (".5+1.", "1.5"),
        ("1.e2", "100"),
        ("1e300*10", "1e+301"), ("sqrt(2)^2", "2"), ("abs(-3)", "3"), ("min(3, 1, 2)", "1"), ("MAX(3,1)", "3"),
        ("round(2.5)", "3"), ("round(-2.5)", "-3"), ("round(2.675, 2)", "2.68"), ("floor(-0.5)", "-1"),
        ("ceil(0.2)", "1"),
        ("ln(e)", "1"), ("log10(1000)", "3"), ("exp(0)", "1"), ("sin(0)", "0"), ("cos(pi)", "-1"), ("tan(0)", "0"),
        ("0.1+0.2-0.3", "0"), ("0.1*3", "0.3"), ("1.1*1.1", "1.21"),
        ("99999999999999.99 + 0.01", "100000000000000"), ("1234567890123456.78 * 100", "123456789012345678"),
        ("4.35*100", "435"), ("1.005*1000", "1005"), ("round(1.005, 2)", "1.01"), ("round(-1.005, 2)", "-1.01"),
        ("2^100", "1267650600228229401496703205376"), ("1/8", "0.125"), ("1/3*3", "1"), ("2/3", "0.666666666666667"),
        ("10^-3", "0.001"), ("5.5 % 0.1", "0"), ("-5.5 % 2", "-1.5"), ("floor(-0.1)", "-1"), ("ceil(-0.9)", "0"),
        ("min(0.3, 0.1+0.2)", "0.3"), ("max(-1, -1.5)", "-1"), ("abs(-0.25)", "0.25"),
        ("1e-20 + 1", "1.00000000000000000001"),
        ("170141183460469231731687303715884105727 + 1", "1.70141183460469e+38"), ("1e-39 * 1", "1e-39"),
        ("0.1^2", "0.01"), ("(1/3)^2", "0.111111111111111"), ("12.50", "12.5"), ("100", "100"), ("0.0", "0"),
        ("  ( 1 )\t+\n1 ", "2"), ("-0", "0"), ("2*-3", "-6"), ("0^0", "1"), ("(-8)^(1)", "-8"),
    ])
    func computes(expression: String, result: String) throws {
        #expect(try compute(expression) == result)
    }

    @Test(arguments: [
        ("1/0", "division by zero", 2), ("5 % (1-1)", "division by zero", 3), ("0^-1", "division by zero", 2),
        ("", "found the end", 1), ("1+", "found the end", 3), ("(1", "expected ')'", 3),
        ("1)", "expected an operator", 2),
        ("1 2", "expected an operator", 3), ("2e", "expected an operator", 2),
        ("1,000", "expected an operator, found ','", 2),
        ("1..2", "expected an operator", 3), (".", "not a number", 1), ("foo(1)", "unknown name 'foo'", 1),
        ("2*x", "unknown name 'x'", 3), ("sqrt 4", "expected '('", 6), ("sqrt(-1)", "may not be negative", 1),
        ("ln(0)", "greater than 0", 1), ("sqrt(1,2)", "one number", 1), ("min()", "expected a number", 5),
        ("round(1,99)", "0 to 15", 1), ("(-8)^0.5", "not a real number", 5), ("9^9^9", "too large", 2),
        ("1e999", "too large", 1), ("exp(1000)", "too large", 1), ("__import__('os')", "found '_'", 1),
        ("2×3", "U+D7", 2), ("1;2", "found ';'", 2), ("\u{0}", "U+0", 1), ("0x10", "expected an operator", 2),
    ])
    func refusesWithTheColumn(expression: String, words: String, column: Int) throws {
        let rejection = try #require(throws: ToolRejection.self) { try compute(expression) }
        #expect(rejection.message.contains(words), "\(rejection.message)")
        #expect(rejection.message.hasSuffix("(column \(column))"), "\(rejection.message)")
    }

    @Test(arguments: ["(", "-", "sqrt(", "2^", "min(1,"])
    func boundsNestingAndLength(piece: String) throws {
        let deep = String(repeating: piece, count: 70)
        let nested = try #require(throws: ToolRejection.self) { try compute(deep) }
        #expect(nested.message.contains("deeper than 64"), "\(nested.message)")
        let long = try #require(throws: ToolRejection.self) { try compute(String(repeating: piece, count: 100_000)) }
        #expect(long.message.contains("longer than 1000"), "\(long.message)")
    }

    @Test func takesTheDeepestAllowedNesting() throws {
        #expect(try compute(String(repeating: "(", count: 63) + "1" + String(repeating: ")", count: 63)) == "1")
    }
}
