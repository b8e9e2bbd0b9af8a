import ChatModel
import Testing

@testable import OpenAIChat

struct RetryAfterTests {
    // 2023-11-14 22:13:20 GMT, a Tuesday.
    private let now: Int64 = 1_700_000_000_000

    @Test(
        arguments: [
            ("20", 20_000), (" 60 ", 60_000), ("61", 61_000), ("120", 120_000), ("121", 121_000), ("1.5", 1_500),
            ("0", nil),
            ("-10", nil), ("", nil), ("inf", nil), ("nan", nil), ("1e3", nil),
            ("12345678901234567890123456789012345", 31_536_000_000),
            ("Tue, 14 Nov 2023 22:13:40 GMT", 20_000), ("Tue, 14 Nov 2023 22:13:20 GMT", nil),
            ("Tue, 14 Nov 2023 22:13:10 GMT", nil),
            ("Tue, 14 Nov 2023 22:15:20 GMT", 120_000), ("Tue, 14 Nov 2023 22:15:21 GMT", 121_000),
            ("Tuesday, 14-Nov-23 22:13:40 GMT", 20_000), ("Tue Nov 14 22:13:40 2023", 20_000),
            ("Tue Nov  7 22:13:40 2023", nil),
            ("Zun, 29 Sep 2000 12:26:27 GMT", nil), ("Tue, 14 Nov 100000 22:13:40 GMT", nil),
            ("Tue, 14 Nov 2023 22:13:40", nil),
            ("Tue, 14 Nov 2023 25:13:40 GMT", nil), ("Thu, 29 Feb 2024 00:00:00 GMT", 9_164_800_000),
        ] as [(String, Int64?)]
    )
    func parses(header: String, expected: Int64?) {
        #expect(RetryAfter.parse(header, now: now) == expected)
    }

    @Test(
        arguments: [("300", 300), ("12.5", 13), ("0", nil), ("-1", nil), ("x", nil), (".", nil)] as [(String, Int64?)]
    )
    func parsesMilliseconds(header: String, expected: Int64?) {
        #expect(RetryAfter.parseMilliseconds(header) == expected)
    }
}

struct RateLimitHeaderTests {
    @Test(
        arguments: [
            ("1s", 1_000), ("6m0s", 360_000), ("12ms", 12), ("1h2m3.5s", 3_723_500), ("0", 0), ("7", 7_000),
            ("17.25ms", 18), ("", nil),
            ("-1", nil), ("s", nil), ("1x", nil), ("1 s", nil), ("1s5", nil), ("99999999999999d", nil),
        ] as [(String, Int?)]
    )
    func parsesDurations(text: String, expected: Int?) {
        #expect(RateLimitReport.duration(text) == expected)
    }

    @Test func leavesOutWhatMakesNoSense() {
        let headers = [
            "x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "59",
            "x-ratelimit-reset-requests": "1s",
            "x-ratelimit-limit-tokens": "0", "x-ratelimit-remaining-tokens": "-1", "x-ratelimit-reset-tokens": "soon",
        ]
        #expect(
            RateLimitReport(headers: { headers[$0] })
                == RateLimitReport(requests: .init(limit: 60, remaining: 59, resetMilliseconds: 1_000))
        )
        #expect(RateLimitReport(headers: { _ in nil }) == nil)
    }
}
