package prose

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
)

// say writes a fact as the cases below have it: "par Long An 2019 #5/63",
// "pci Bình Dương 2021 CSTP3 =6.58", with the scope of a place that is not national.
// What is derived ends in "~", what is for review in "?".
func say(f *reform.Fact) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s", f.Index, f.UnitName, f.Period)
	if f.Component != "" {
		b.WriteString(" [" + f.Component + "]")
	}
	if f.Score.Valid {
		b.WriteString(" =" + f.Score.String())
	}
	if f.Place > 0 {
		fmt.Fprintf(&b, " #%d", f.Place)
		if f.OfPrinted {
			fmt.Fprintf(&b, "/%d", f.Of)
		}
	}
	if f.Scope != reform.ScopeNation && f.UnitType == reform.Province {
		b.WriteString(" in " + f.Scope)
	}
	if f.RankKind == reform.Derived {
		b.WriteString(" ~")
	}
	if f.Status == reform.Review {
		b.WriteString(" ?")
	}
	return b.String()
}

// The sentences are ours; the figures are real ones.
var variants = []struct {
	name  string
	title string
	date  string
	text  string
	want  []string // without those for review
}{
	{"place with a score", "", "", "Năm 2022, Chỉ số CCHC của tỉnh Trà Vinh đạt 83,00 điểm và đứng ở vị trí 50/63 tỉnh, thành phố.",
		[]string{"par Trà Vinh 2022 #50/63", "par Trà Vinh 2022 =83"}},
	{"the year of a result, which is none to compare with", "", "", "Theo bảng xếp hạng PAR INDEX năm 2021, tỉnh Vĩnh Phúc lần đầu vào nhóm 5 địa phương dẫn đầu, với kết quả năm 2021 đạt 89,28%, xếp vị trí thứ 5.",
		[]string{"par Vĩnh Phúc 2021 #5", "par Vĩnh Phúc 2021 =89.28"}},
	{"a result that is compared with", "", "", "PAR INDEX của tỉnh Vĩnh Phúc đạt 89,28%, xếp thứ 5, tăng 3 bậc so với kết quả năm 2020.",
		[]string{"par Vĩnh Phúc 2020 #8 ~", "par Vĩnh Phúc 2021 #5", "par Vĩnh Phúc 2021 =89.28"}},
	{"point as decimal sign", "", "", "PAR INDEX năm 2023 của thành phố Hải Phòng đạt 91.87%, xếp thứ hai cả nước.",
		[]string{"par Hải Phòng 2023 #2", "par Hải Phòng 2023 =91.87"}},
	{"year by reference", "Chỉ số cải cách hành chính của Nam Định", "", "So với năm 2020, chỉ số PAR INDEX của Nam Định tăng 7 bậc, xếp hạng 40/63.",
		[]string{"par Nam Định 2020 #47 ~", "par Nam Định 2021 #40/63"}},
	{"province in the title only", "Đồng Tháp: công bố Chỉ số SIPAS năm 2020", "", "Kết quả, Chỉ số hài lòng của tỉnh đạt 89,06%, xếp vị thứ 12/63 tỉnh, thành phố, tăng 1,44% so với năm 2019.",
		[]string{"sipas Đồng Tháp 2020 #12/63", "sipas Đồng Tháp 2020 =89.06"}},
	{"order list", "Công bố PAR INDEX 2020", "", "Quảng Ninh đứng đầu bảng xếp hạng PAR INDEX năm 2020 với 91,04%. Tiếp theo là Hải Phòng, Thừa Thiên Huế, Bình Dương và Đồng Tháp.",
		[]string{"par Bình Dương 2020 #4 ~", "par Huế 2020 #3 ~", "par Hải Phòng 2020 #2 ~", "par Quảng Ninh 2020 #1", "par Quảng Ninh 2020 =91.04", "par Đồng Tháp 2020 #5 ~"}},
	{"two places of one phrase", "PAR INDEX năm 2020", "", "Trong bảng xếp hạng PAR INDEX năm 2020, xếp thứ 5 và thứ 6 lần lượt là Đồng Tháp và Đà Nẵng.",
		[]string{"par Đà Nẵng 2020 #6", "par Đồng Tháp 2020 #5"}},
	{"several indices", "", "", "Năm 2021, tỉnh Bà Rịa - Vũng Tàu có chỉ số PCI xếp thứ 9, chỉ số SIPAS xếp thứ 38/63, còn PAPI đạt 40,62 điểm.",
		[]string{"papi Bà Rịa - Vũng Tàu 2021 =40.62", "pci Bà Rịa - Vũng Tàu 2021 #9", "sipas Bà Rịa - Vũng Tàu 2021 #38/63"}},
	{"index behind the place", "", "", "Năm 2021, Thanh Hóa xếp thứ 3 cả nước về Chỉ số PAPI và xếp thứ 14 cả nước về Chỉ số PAR INDEX.",
		[]string{"papi Thanh Hóa 2021 #3", "par Thanh Hóa 2021 #14"}},
	{"region", "", "", "Với PAR INDEX 2019, Đồng Tháp đạt 84,43 điểm, đứng đầu khu vực Đồng bằng sông Cửu Long và xếp thứ 3/63 tỉnh, thành phố.",
		[]string{"par Đồng Tháp 2019 #1 in vn63:r:DBSCL", "par Đồng Tháp 2019 #3/63", "par Đồng Tháp 2019 =84.43"}},
	{"region with its own number", "", "", "Chỉ số PAR INDEX năm 2021 của Hậu Giang xếp hạng 27/63, xếp thứ 3/13 tỉnh, thành vùng ĐBSCL.",
		[]string{"par Hậu Giang 2021 #27/63", "par Hậu Giang 2021 #3/13 in vn63:r:DBSCL"}},
	{"from and to", "", "", "Chỉ số PAPI của Tây Ninh tăng từ hạng 51 năm 2020 lên hạng 31 năm 2021.",
		[]string{"papi Tây Ninh 2020 #51", "papi Tây Ninh 2021 #31"}},
	{"from and to, scores", "SIPAS năm 2021 của Khánh Hòa", "", "Chỉ số SIPAS 2021 của Khánh Hòa tăng từ 81,82% lên 84,4% nhưng thứ hạng giảm từ 51/63 xuống 56/63.",
		[]string{"sipas Khánh Hòa 2020 #51/63", "sipas Khánh Hòa 2020 =81.82", "sipas Khánh Hòa 2021 #56/63", "sipas Khánh Hòa 2021 =84.4"}},
	{"earlier year in brackets", "", "", "PAR INDEX năm 2023 của Tiền Giang đạt 85,77 điểm (năm 2022 đạt 82,58 điểm), xếp thứ 50/63 (năm 2022 hạng 53/63).",
		[]string{"par Tiền Giang 2022 #53/63", "par Tiền Giang 2022 =82.58", "par Tiền Giang 2023 #50/63", "par Tiền Giang 2023 =85.77"}},
	{"the same place as before", "", "", "PAR INDEX năm 2021 của Khánh Hòa vẫn giữ nguyên vị trí 48/63 như năm trước.",
		[]string{"par Khánh Hòa 2020 #48 ~", "par Khánh Hòa 2021 #48/63"}},
	{"part by its name", "", "", "Chỉ số PAPI năm 2018 của Quảng Nam: quản trị điện tử đạt 2,47 điểm; thủ tục hành chính công đạt 7,02 điểm.",
		[]string{"papi Quảng Nam 2018 [D5] =7.02", "papi Quảng Nam 2018 [D8] =2.47"}},
	{"part of PAR INDEX", "", "", "Về PAR INDEX năm 2021 của Hậu Giang, chỉ số thành phần về xây dựng và tổ chức thực hiện VBQPPL xếp thứ 4 toàn quốc.",
		[]string{"par Hậu Giang 2021 [2] #4"}},
	{"parts behind places", "", "", "PAR INDEX năm 2021 của Bắc Ninh xếp thứ 32, trong đó thứ 01 về cải cách thủ tục hành chính, thứ 63 về cải cách tài chính công.",
		[]string{"par Bắc Ninh 2021 #32", "par Bắc Ninh 2021 [3] #1", "par Bắc Ninh 2021 [6] #63"}},
	{"criteria of 766 with maxima", "Bộ chỉ số 766 năm 2023 của Long An", "", "Theo Bộ chỉ số 766, năm 2023 Long An xếp hạng 55/63; tiêu chí dịch vụ công trực tuyến đạt 3,5/12 điểm, tiêu chí thanh toán trực tuyến đạt 3,7/10 điểm.",
		[]string{"s766 Long An 2023 #55/63", "s766 Long An 2023 [CLGQ] =3.5", "s766 Long An 2023 [TTTT] =3.7"}},
	{"Ministry of Justice", "Long An triển khai công tác tư pháp năm 2024", "2024-01-26", "Tỉnh Long An được Bộ trưởng Bộ Tư pháp đánh giá xếp loại xuất sắc và xếp hạng thứ 04/63 tỉnh, thành phố năm 2023.",
		[]string{"moj Long An 2023 #4/63"}},
	{"inside a province", "Sở Tư pháp Hậu Giang dẫn đầu khối sở, ngành", "", "Sở Tư pháp Hậu Giang là đơn vị dẫn đầu cải cách hành chính năm 2021 khối các sở, ngành tỉnh.",
		[]string{"dept Sở Tư pháp 2021 #1"}},
	{"how many, not which", "PAR INDEX 2023", "", "Năm 2023 có 32/63 địa phương có PAR INDEX cao hơn trung bình cả nước; tỉnh tăng cao nhất 9,39% và tăng thấp nhất là 0,03%.", nil},
	{"groups are no places", "", "", "Nhóm A của PAR INDEX năm 2024 gồm 13 tỉnh đạt từ 90% trở lên; nhóm B đạt từ 80% đến dưới 90%. Long An nằm trong top 10.", nil},
	{"goal", "", "", "Long An phấn đấu đến năm 2025 PAR INDEX nằm trong nhóm 10 tỉnh dẫn đầu, đạt 90 điểm.", nil},
	{"district", "", "", "Năm 2023, huyện Châu Thành đứng đầu về chỉ số CCHC trong các huyện của tỉnh Long An với 92,1 điểm.",
		[]string{"dept huyện Châu Thành 2023 #1"}},
	{"city of a province", "", "", "Năm 2023, thành phố Tân An dẫn đầu chỉ số cải cách hành chính khối huyện, thị xã, thành phố.", nil},
	{"other ranking", "", "", "Chỉ số PAR INDEX được cải thiện. Năm 2023, Long An đứng thứ 12/63 về thu hút vốn đầu tư nước ngoài.", nil},
	{"unknown index", "", "", "Năm 2023, Chỉ số PII của Bắc Ninh xếp thứ 7/63 cả nước.", nil},
	{"person, not province", "", "", "Việc học tập tư tưởng Hồ Chí Minh gắn với chỉ số PAR INDEX được thực hiện tốt, đạt 100% kế hoạch.", nil},
	{"nation's mean", "", "", "Giá trị trung bình PAR INDEX năm 2023 của cả nước đạt 86,98%, cao hơn 2,19% so với năm 2022.",
		[]string{"par Cả nước 2023 =86.98"}},
	{"distance to the mean", "", "", "Chỉ số CCHC năm 2023 của tỉnh Ninh Bình đạt 88,72%, cao hơn mức trung bình của cả nước 1,74%, xếp thứ 11/63.",
		[]string{"par Ninh Bình 2023 #11/63", "par Ninh Bình 2023 =88.72"}},
	{"old font map", "", "", "Chỉ số hài lòng (SIPAS) năm 2018 của Bình Dƣơng đạt 88,02%, xếp thứ 20/63.",
		[]string{"sipas Bình Dương 2018 #20/63", "sipas Bình Dương 2018 =88.02"}},
	{"new provinces", "", "2026-05-10", "PCI năm 2025 của tỉnh Tây Ninh đạt 71,2 điểm, xếp thứ 5/34 tỉnh, thành phố.",
		[]string{"pci Tây Ninh 2025 #5/34", "pci Tây Ninh 2025 =71.2"}},
	{"score before the unit", "", "", "Về PAPI năm 2022: Với 39,67 điểm, Gia Lai xếp thứ 58/61.",
		[]string{"papi Gia Lai 2022 #58/61", "papi Gia Lai 2022 =39.67"}},
	{"places behind units in brackets", "", "", "PAR INDEX năm 2023: Long An (hạng 7), Hậu Giang (hạng 19), Cà Mau (hạng 34, đạt 86,89 điểm).",
		[]string{"par Cà Mau 2023 #34", "par Cà Mau 2023 =86.89", "par Hậu Giang 2023 #19", "par Long An 2023 #7"}},
	{"last but one", "", "", "PAR INDEX năm 2023: Sóc Trăng áp chót với vị trí 62, cuối bảng là An Giang.",
		[]string{"par An Giang 2023 #63 ~", "par Sóc Trăng 2023 #62"}},
	{"quarter is no year", "Bộ chỉ số 766", "", "Theo Bộ chỉ số 766, quý III/2025 tỉnh Bắc Ninh đạt 91,2 điểm, xếp thứ 1/34.",
		[]string{"s766 Bắc Ninh 2025-Q3 #1/34", "s766 Bắc Ninh 2025-Q3 =91.2"}},
	{"zip before", "", "", "PAR INDEX năm 2020: Hải Phòng và Quảng Ninh lần lượt xếp thứ 2 và thứ 1.",
		[]string{"par Hải Phòng 2020 #2", "par Quảng Ninh 2020 #1"}},
	{"zip of scores", "", "", "PAR INDEX năm 2021: Hải Phòng, Quảng Ninh lần lượt đạt 91,80% và 91,14%.",
		[]string{"par Hải Phòng 2021 =91.8", "par Quảng Ninh 2021 =91.14"}},
	{"zip of indices", "", "", "Năm 2021, chỉ số PAR INDEX và SIPAS của tỉnh Sơn La lần lượt đạt 87,61% và 90,13%, xếp thứ 15/63 và thứ 6/63.",
		[]string{"par Sơn La 2021 #15/63", "par Sơn La 2021 =87.61", "sipas Sơn La 2021 #6/63", "sipas Sơn La 2021 =90.13"}},
	{"this year by the day", "Đồng Nai công bố kết quả", "2023-04-19", "Chỉ số PAR INDEX của Đồng Nai đạt 82,92%, đứng thứ 51/63 tỉnh, thành phố.", nil},
	{"rates are no scores", "Long An cải cách hành chính năm 2023", "", "Chỉ số CCHC của tỉnh được cải thiện. Tỷ lệ hồ sơ giải quyết đúng hạn đạt 99,2%; thu ngân sách đạt 105%; có 95% hồ sơ trực tuyến.", nil},
	{"rates beside an index", "", "", "Năm 2023, PAR INDEX của Long An xếp thứ 7; tỷ lệ hồ sơ trực tuyến đạt 85,5%, tỷ lệ giải ngân đạt 91,2%.",
		[]string{"par Long An 2023 #7"}},
	{"dates and numbers of documents", "", "", "Quyết định số 766/QĐ-TTg ngày 23/6/2022 và Kế hoạch số 12/63-KH về nâng cao chỉ số PAR INDEX năm 2023 được ban hành ngày 20/3/2023.", nil},
	{"ministries", "", "", "Khối bộ, PAR INDEX 2022: đứng đầu là Ngân hàng Nhà nước (91,77%), xếp thứ ba là Bộ Tài chính (89,76%). Khối tỉnh: dẫn đầu là Quảng Ninh (90,10%).",
		[]string{"par Bộ Tài chính 2022 #3", "par Bộ Tài chính 2022 =89.76", "par Ngân hàng Nhà nước 2022 #1", "par Ngân hàng Nhà nước 2022 =91.77", "par Quảng Ninh 2022 #1", "par Quảng Ninh 2022 =90.1"}},
	{"three years in a row", "Nghệ An và PAR INDEX", "", "PAR INDEX của Nghệ An: năm 2020 xếp thứ 20/63; năm 2021 xếp thứ 17/63; năm 2022 xếp thứ 16/63 và năm 2023 vươn lên vị trí thứ 15/63.",
		[]string{"par Nghệ An 2020 #20/63", "par Nghệ An 2021 #17/63", "par Nghệ An 2022 #16/63", "par Nghệ An 2023 #15/63"}},
	{"speaker is no subject", "", "", "Theo Giám đốc Sở Nội vụ Long An, năm 2023 PAR INDEX của tỉnh Long An đạt 88,9 điểm, xếp thứ 7/63.",
		[]string{"par Long An 2023 #7/63", "par Long An 2023 =88.9"}},
	{"steps in a bracket", "", "", "Năm 2023, PCI của Đồng Tháp đạt 69,66 điểm (tăng 0,18 điểm, giữ vị trí thứ 5/63).",
		[]string{"pci Đồng Tháp 2023 #5/63", "pci Đồng Tháp 2023 =69.66", "pci Đồng Tháp 2022 =69.48 ~ ?"}[:2]},
	{"a share of people", "", "", "Chỉ số SIPAS năm 2022 của Hà Tĩnh cho thấy 85,1% người dân, tổ chức hài lòng về sự phục vụ hành chính, xếp thứ 8/63.",
		[]string{"sipas Hà Tĩnh 2022 #8/63", "sipas Hà Tĩnh 2022 =85.1"}},
	{"points of ten and their share", "", "", "Chỉ số hài lòng SIPAS năm 2021 của Hà Tĩnh đạt 9,12/10 điểm, chiếm tỷ lệ 91,17%, xếp thứ 5/63.",
		[]string{"par Hà Tĩnh 2021 [src:sipas] =9.12", "sipas Hà Tĩnh 2021 #5/63", "sipas Hà Tĩnh 2021 =91.17"}},
	{"other units in brackets are no region's", "Kon Tum và các chỉ số", "", "Năm 2021, PAR INDEX của tỉnh xếp vị thứ 52/63. So với 5 tỉnh Tây Nguyên, Kon Tum xếp thứ 3 sau Đắk Lắk (hạng 30) và Lâm Đồng (hạng 35).\nChỉ số SIPAS đạt 83,2%, xếp thứ 58.",
		[]string{"par Kon Tum 2021 #3 in vn63:r:TN", "par Kon Tum 2021 #52/63", "par Lâm Đồng 2021 #35", "par Đắk Lắk 2021 #30", "sipas Kon Tum 2021 #58", "sipas Kon Tum 2021 =83.2"}},
	{"lost points", "", "", "PAR INDEX năm 2017 của Đắk Lắk xếp thứ 17; cải cách tài chính công mất 1,96/7 điểm.",
		[]string{"par Đắk Lắk 2017 #17"}},
	{"index in a bracket", "", "", "Chỉ số của Tiền Giang năm 2020 (SIPAS) xếp hạng 46/63, đạt 83,20%.",
		[]string{"sipas Tiền Giang 2020 #46/63", "sipas Tiền Giang 2020 =83.2"}},
	{"a compared province with its own value", "", "", "PAR INDEX năm 2023 của Hà Nội xếp thứ 3, cao hơn TP Hồ Chí Minh đứng thứ 33 (86,97%).",
		[]string{"par Hà Nội 2023 #3", "par Hồ Chí Minh 2023 #33", "par Hồ Chí Minh 2023 =86.97"}},
	{"spellings", "", "", "PCI năm 2021: TP.HCM xếp thứ 14/63; TT-Huế xếp thứ 8/63; Thanh Hoá xếp thứ 43/63.",
		[]string{"pci Huế 2021 #8/63", "pci Hồ Chí Minh 2021 #14/63", "pci Thanh Hóa 2021 #43/63"}},
	{"place before its unit", "PCI 2017", "", "Trong bảng xếp hạng PCI 2017, Đồng Tháp đạt 68,8 điểm. Ở vị trí thứ 4, Long An có 66,7 điểm. Với thứ hạng 9, Hải Phòng (65,2 điểm) tăng mạnh.",
		[]string{"pci Hải Phòng 2017 #9", "pci Hải Phòng 2017 =65.2", "pci Long An 2017 #4", "pci Long An 2017 =66.7", "pci Đồng Tháp 2017 =68.8"}},
	{"all tables at once", "", "", "Năm 2023, Quảng Ninh giữ vị trí quán quân ở cả 3 bảng xếp hạng chỉ số quan trọng: PAR INDEX, SIPAS và PCI.",
		[]string{"par Quảng Ninh 2023 #1", "pci Quảng Ninh 2023 #1", "sipas Quảng Ninh 2023 #1"}},
	{"runner-up", "", "", "Bảng xếp hạng PCI 2019: Quảng Ninh đứng đầu với 73,40 điểm, á quân Đồng Tháp đạt 72,10 điểm.",
		[]string{"pci Quảng Ninh 2019 #1", "pci Quảng Ninh 2019 =73.4", "pci Đồng Tháp 2019 #2 ~", "pci Đồng Tháp 2019 =72.1"}},
	{"scores in turn", "", "", "PAPI năm 2023 của Hà Nội và TP.HCM lần lượt là 43,9603 và 41,7754.",
		[]string{"papi Hà Nội 2023 =43.9603", "papi Hồ Chí Minh 2023 =41.7754"}},
	{"how often, not when", "", "", "Quảng Ninh có 6 lần đứng đầu PAR INDEX (2017 đến năm 2020 và 2022 - 2023).", nil},
	{"since a year", "", "", "Năm 2024, PCI của Bà Rịa - Vũng Tàu giữ vị trí thứ năm, nằm trong nhóm 10 tỉnh từ năm 2021.",
		[]string{"pci Bà Rịa - Vũng Tàu 2024 #5"}},
	{"unit in a bracket behind the score", "", "", "Điểm PCI năm 2022 cao nhất là 72,95 (Quảng Ninh), thấp nhất là 59,58 (Cao Bằng).",
		[]string{"pci Cao Bằng 2022 =59.58", "pci Quảng Ninh 2022 =72.95"}},
	{"a town is not its province", "", "", "Năm 2023, TP Hạ Long dẫn đầu PAR INDEX của tỉnh Quảng Ninh.",
		[]string{"dept TP Hạ Long 2023 #1"}},
	{"reference in an aside", "Gia Lai", "", "Năm 2019, PCI của Gia Lai xếp thứ 34.\nTheo kết quả mới, PCI của Gia Lai đạt 64,00 điểm, xếp thứ 45/63 (giảm 0,9 điểm so với năm 2021).",
		[]string{"pci Gia Lai 2019 #34", "pci Gia Lai 2022 #45/63", "pci Gia Lai 2022 =64"}},
	{"both indices", "", "", "Năm 2022, Bình Phước có SIPAS đạt 76,05% và PAPI đạt 39,9 điểm, đều đứng thứ 56.",
		[]string{"papi Bình Phước 2022 #56", "papi Bình Phước 2022 =39.9", "sipas Bình Phước 2022 #56", "sipas Bình Phước 2022 =76.05"}},
	{"these two indices", "", "", "Năm 2023, Quảng Ngãi đứng thứ 38 về PAR INDEX và thứ 61 về SIPAS. Năm 2022, hai chỉ số này lần lượt xếp thứ 32 và 42.",
		[]string{"par Quảng Ngãi 2022 #32", "par Quảng Ngãi 2023 #38", "sipas Quảng Ngãi 2022 #42", "sipas Quảng Ngãi 2023 #61"}},
	{"two years, one place", "", "", "PAR INDEX của Tây Ninh năm 2020 và 2021 cùng xếp hạng 44/63.",
		[]string{"par Tây Ninh 2020 #44/63", "par Tây Ninh 2021 #44/63"}},
	{"two years in turn", "", "", "PAR INDEX của Thái Bình năm 2021 và 2022 lần lượt xếp thứ 36 và thứ 28.",
		[]string{"par Thái Bình 2021 #36", "par Thái Bình 2022 #28"}},
	{"behind a greater number", "", "", "Về SIPAS năm 2023, Kon Tum xếp thứ 2 sau Đắk Lắk (hạng 28/63).",
		[]string{"sipas Đắk Lắk 2023 #28/63"}},
	{"earlier place in a bracket", "", "", "PGI năm 2024, Đồng Tháp vươn lên vị trí thứ 7 cả nước (năm 2023 là 18).",
		[]string{"pgi Đồng Tháp 2023 #18", "pgi Đồng Tháp 2024 #7"}},
	{"of something in a bracket", "", "", "PCI 2023 của Long An: tính tiên phong của bộ máy lãnh đạo (xếp thứ 4/63).", nil},
	{"ministry that ranks", "Hải Phòng", "", "Bộ Tư pháp xếp hạng công tác tư pháp năm 2024 của thành phố hạng 5/63.", nil},
	{"satisfaction is the index itself", "", "", "Năm 2024, chỉ số SIPAS của Huế đứng thứ 15 với tỷ lệ hài lòng đạt 85,27%.",
		[]string{"sipas Huế 2024 #15", "sipas Huế 2024 =85.27"}},
	{"bare years with colons", "Thái Nguyên", "", "Chỉ số SIPAS của Thái Nguyên: 2021: 89,42% (hạng 11); 2022: 86,45% (hạng 2).",
		[]string{"sipas Thái Nguyên 2021 #11", "sipas Thái Nguyên 2021 =89.42", "sipas Thái Nguyên 2022 #2", "sipas Thái Nguyên 2022 =86.45"}},
	{"back a year and on", "", "", "SIPAS năm 2022 của Bình Thuận đạt 73,26%, trong khi năm 2021 xếp thứ 60/63. PAPI của tỉnh xếp hạng 7.",
		[]string{"sipas Bình Thuận 2021 #60/63", "sipas Bình Thuận 2022 =73.26"}},
	{"if in a year", "", "", "Nếu như năm 2018, Bắc Kạn đứng thứ 60 về PCI thì năm 2022 tỉnh vươn lên thứ hạng 35/63.",
		[]string{"pci Bắc Kạn 2018 #60", "pci Bắc Kạn 2022 #35/63"}},
	{"year of a plan", "Hà Tĩnh nâng cao Chỉ số CCHC năm 2023", "", "Năm 2022, Chỉ số CCHC của tỉnh xếp thứ 28/63. Cải cách tài chính công xếp 57/63.",
		[]string{"par Hà Tĩnh 2022 #28/63", "par Hà Tĩnh 2022 [6] #57/63"}},
	{"means in a bracket", "PAPI của Lào Cai", "", "PAPI của toàn quốc có điểm trung bình giảm (năm 2018 là 43,78 điểm; năm 2019 được 43,61 điểm).",
		[]string{"papi Cả nước 2018 =43.78", "papi Cả nước 2019 =43.61"}},
	{"some province's lowest", "SIPAS năm 2020", "", "SIPAS năm 2020: Quảng Ninh dẫn đầu với 95,76%, tỉnh thấp nhất đạt 75,55%.",
		[]string{"sipas Quảng Ninh 2020 #1", "sipas Quảng Ninh 2020 =95.76"}},
	{"median", "PCI 2024", "", "Đồng Tháp đứng thứ 9 về PCI 2024. Điểm trung vị PCI 2024 là 67,67 điểm.",
		[]string{"pci Đồng Tháp 2024 #9"}},
	{"ordinal word behind its unit", "", "", "PAR INDEX năm 2017: Đồng Nai thứ nhì với 86,3 điểm.",
		[]string{"par Đồng Nai 2017 #2", "par Đồng Nai 2017 =86.3"}},
}

func TestVariants(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			got, _, err := Extract(context.Background(), Doc{Title: v.title, Date: v.date, Text: strings.TrimSpace(v.title + "\n\n" + v.text)}, reform.Default())
			if err != nil {
				t.Fatal(err)
			}
			var have, review []string
			for i := range got {
				s := say(&got[i].Fact)
				if got[i].Fact.Status == reform.Review {
					review = append(review, s+" "+got[i].Note)
					continue
				}
				have = append(have, strings.Replace(s, "Thừa Thiên Huế", "Huế", 1))
			}
			slices.Sort(have)
			want := slices.Clone(v.want)
			slices.Sort(want)
			if d := cmp.Diff(want, have); d != "" {
				t.Errorf("%s\n(-want +got)\n%s\nfor review: %s", v.text, d, strings.Join(review, "\n  "))
			}
		})
	}
}
