import Testing

@testable import CrewCLI
@testable import CrewReport

/// The live region on a terminal that changes its width between two drawings.
struct ResizeTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    @Test("Whatever the widths, what is finished stays and the region is there once", arguments: [true, false])
    func nothingIsLeftBehind(reflows: Bool) throws {
        for seed in 0..<300 {
            var random = Generator(state: UInt64(seed))
            var columns = Int.random(in: 20...120, using: &random)
            var terminal = TerminalModel(columns: columns, reflows: reflows)
            var region = LiveRegion(reflows: reflows)
            terminal.write("$ crew run\r\n")
            var finished = ["$ crew run"]
            for round in 0..<20 {
                let new = (0..<Int.random(in: 0...2, using: &random)).map { "step \(round).\($0)" }
                let lines = (0..<Int.random(in: 1...5, using: &random)).map { row in
                    let words = ["潮汐能", "word", "goes", "on", "a"]
                    let count = Int.random(in: 0...30, using: &random)
                    return "\(row) " + (0..<count).map { words[($0 + row) % words.count] }.joined(separator: " ")
                }
                terminal.write(
                    region.redraw(
                        lines.map { StyledLine($0) },
                        above: new.map { StyledLine($0) },
                        columns: columns,
                        inColor: Bool.random(using: &random)
                    )
                )
                finished += new
                let expected = finished + lines.map { StyledLine($0).fitting(columns - 1).text }
                try #require(terminal.text == expected, "seed \(seed), round \(round), \(columns) columns")
                try #require(!terminal.cursorIsShown)
                if Bool.random(using: &random) { columns = Int.random(in: 12...120, using: &random) }
                terminal.resize(to: columns)
            }
            terminal.write(region.end(above: [], columns: columns, inColor: false))
            try #require(terminal.text == finished, "seed \(seed)")
            try #require(terminal.cursorIsShown)
        }
    }
}
