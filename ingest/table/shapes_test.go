package table

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestShapes reads small tables of every shape that is met in offices.
func TestShapes(t *testing.T) {
	tests := []struct {
		name, file, text string
		options          []string
		want             []string
		problems         []string // codes that refuse it
	}{
		{"departments under a province in the title", "x.csv", "UBND TỈNH LONG AN\nKẾT QUẢ DDCI KHỐI SỞ NGÀNH NĂM 2023\nTT;Sở, ngành;Điểm;Hạng\n1;Sở Tư pháp;87,61;1\n2;Sở Y tế;85,2;2\n3;Ban Quản lý Khu kinh tế;80,15;3\n", nil,
			[]string{"ddci vn63:80/so-tu-phap 2023 s=87.61 #1/0 in vn63:80", "ddci vn63:80/so-y-te 2023 s=85.2 #2/0 in vn63:80", "ddci vn63:80/ban-quan-ly-khu-kinh-te 2023 s=80.15 #3/0 in vn63:80"}, nil},
		{"districts", "x.csv", "DDCI các huyện, thị xã, thành phố tỉnh Long An năm 2022\nĐịa phương;Điểm số DDCI;Thứ hạng\nThành phố Tân An;70,5;2\nHuyện Bến Lức;71,5;1\n", nil,
			[]string{"ddci vn63:80/thanh-pho-tan-an 2022 s=70.5 #2/0 in vn63:80", "ddci vn63:80/huyen-ben-luc 2022 s=71.5 #1/0 in vn63:80"}, nil},
		{"departments, province by option", "x.csv", "Xếp hạng CCHC các sở, ngành năm 2021\nĐơn vị;Xếp hạng\nSở Tư pháp;1\nSở Nội vụ;2\n", []string{"unit", "vn63:93"},
			[]string{"dept vn63:93/so-tu-phap 2021 #1/0 in vn63:93", "dept vn63:93/so-noi-vu 2021 #2/0 in vn63:93"}, nil},
		{"departments are no provinces' PAR INDEX", "x.csv", "Kết quả Chỉ số CCHC năm 2021 tỉnh Hậu Giang\nĐơn vị;Điểm\nSở Tư pháp;91,5\nSở Nội vụ;90,25\n", nil, nil, []string{"other-index"}},
		{"departments of no province", "x.csv", "DDCI năm 2021\nĐơn vị;Điểm\nSở Tư pháp;91,5\nSở Nội vụ;90,25\n", nil, nil, []string{"missing-province"}},
		{"one province over the years", "x.csv", "Thứ hạng PAR INDEX của tỉnh Long An\nNăm;2017;2018;2019\nThứ hạng;12/63;7/63;5/63\n", nil,
			[]string{"par vn63:80 2017 #12/63", "par vn63:80 2018 #7/63", "par vn63:80 2019 #5/63"}, nil},
		{"one province, years down", "x.csv", "Kết quả Chỉ số PAR INDEX tỉnh Long An\nNăm;Điểm;Hạng\n2018;80,65;7\n2019;84,24;5\n", nil,
			[]string{"par vn63:80 2018 s=80.65 #7/63", "par vn63:80 2019 s=84.24 #5/63"}, nil},
		{"indices in rows, one province", "x.csv", "Các chỉ số của tỉnh Long An năm 2019\nChỉ số;Điểm;Hạng\nPAR INDEX;84,24;5/63\nSIPAS;89,5;8/63\nPCI;68,82;8/63\n", nil,
			[]string{"par vn63:80 2019 s=84.24 #5/63", "sipas vn63:80 2019 s=89.5 #8/63", "pci vn63:80 2019 s=68.82 #8/63"}, nil},
		{"indices in columns", "x.csv", "Năm 2019\nTỉnh;PAR INDEX;;SIPAS;\n;Điểm;Hạng;%;Hạng\nLong An;84,24;5;89,5;8\nHà Nội;83,05;6;82,75;40\n", nil,
			[]string{"par vn63:80 2019 s=84.24 #5/63", "sipas vn63:80 2019 s=89.5 #8/63", "par vn63:01 2019 s=83.05 #6/63", "sipas vn63:01 2019 s=82.75 #40/63"}, nil},
		{"parts of PAR INDEX with maxima, per cent left out", "x.csv", "PAR INDEX tỉnh Long An năm 2017\nTT;Lĩnh vực;Điểm tối đa;Điểm đạt;Tỷ lệ (%)\n1;Cải cách TTHC;14,5;12,25;84,48\n2;Cải cách tài chính công;7;5,5;78,57\n;Tổng điểm;100;80,75;80,75\n", nil,
			[]string{"par vn63:80 2017 c=3 s=12.25", "par vn63:80 2017 c=6 s=5.5", "par vn63:80 2017 s=80.75"}, nil},
		{"self-assessed and appraised", "x.csv", "PAR INDEX năm 2020\nTỉnh;Điểm tự đánh giá;Điểm thẩm định\nLong An;90,5;85,25\nHà Nội;91,5;86,25\n", nil,
			[]string{"par vn63:80 2020 self s=90.5", "par vn63:80 2020 s=85.25", "par vn63:01 2020 self s=91.5", "par vn63:01 2020 s=86.25"}, nil},
		{"766 by months of the title's year", "x.csv", "Chỉ số 766 năm 2025\nTỉnh;Tháng 8;Tháng 9;Quý III\nBắc Ninh;91,5;90,25;91\nAn Giang;80,5;81,75;82\n", nil,
			[]string{"s766 vn34:24 2025-08 s=91.5", "s766 vn34:24 2025-09 s=90.25", "s766 vn34:24 2025-Q3 s=91", "s766 vn34:91 2025-08 s=80.5", "s766 vn34:91 2025-09 s=81.75", "s766 vn34:91 2025-Q3 s=82"}, nil},
		{"766 groups with maxima in the heading", "x.csv", "Chỉ số 766 tháng 10/2025\nTỉnh;Tổng điểm (100);Công khai, minh bạch (18);Thanh toán trực tuyến (10 điểm)\nBắc Ninh;91,64;15,64;10\n", nil,
			[]string{"s766 vn34:24 2025-10 s=91.64", "s766 vn34:24 2025-10 c=CKMB s=15.64", "s766 vn34:24 2025-10 c=TTTT s=10"}, nil},
		{"a region's places beside the nation's", "x.csv", "PAR INDEX năm 2021\nTỉnh;Điểm;Hạng cả nước;Hạng trong vùng\nHậu Giang;86,5;27/63;3/13\nLong An;86,9;24/63;2/13\n", nil,
			[]string{"par vn63:93 2021 s=86.5 #27/63", "par vn63:93 2021 #3/13 in vn63:r:DBSCL", "par vn63:80 2021 s=86.9 #24/63", "par vn63:80 2021 #2/13 in vn63:r:DBSCL"}, nil},
		{"regions and the nation as rows", "x.csv", "PAR INDEX năm 2023\nVùng;Điểm\nĐồng bằng sông Hồng;88,33\nTây Nguyên;85,1\nCả nước;86,98\n", nil,
			[]string{"par vn63:r:DBSH 2023 s=88.33", "par vn63:r:TN 2023 s=85.1", "par vn 2023 s=86.98"}, nil},
		{"a place without a heading is not guessed", "x.csv", "PAR INDEX năm 2019\nTỉnh;;\nLong An;84,24;5\nHà Nội;83,05;6\n", nil, nil, []string{"missing-heading"}},
		{"signature under the table", "x.csv", "PAR INDEX năm 2019\nTỉnh;Điểm\nLong An;84,24\nHà Nội;83,05\n;\nLong An, ngày 5 tháng 4 năm 2020;\nNgười lập biểu;Giám đốc\n", nil,
			[]string{"par vn63:80 2019 s=84.24", "par vn63:01 2019 s=83.05"}, nil},
		{"counts with three digits behind a point", "x.csv", "Hồ sơ thủ tục hành chính năm 2024\nTỉnh;Tiếp nhận;Đã giải quyết\nLong An;1.745;1.700\nHà Nội;2.250;980\n", nil,
			[]string{"dossiers vn63:80 2024 c=received s=1745", "dossiers vn63:80 2024 c=resolved s=1700", "dossiers vn63:01 2024 c=received s=2250", "dossiers vn63:01 2024 c=resolved s=980"}, nil},
		{"an index without a maximum, three decimals", "x.csv", "Chỉ số xanh năm 2023\nTỉnh;Điểm\nLong An;21.745\nHà Nội;22.250\n", nil, nil, []string{"ambiguous-number"}},
		{"the same, the sign said", "x.csv", "Chỉ số xanh năm 2023\nTỉnh;Điểm\nLong An;21.745\nHà Nội;22.250\n", []string{"numbers", "point"}, []string{"pgi vn63:80 2023 s=21.745", "pgi vn63:01 2023 s=22.25"}, nil},
		{"the row number is no rank", "x.csv", "Bảng xếp hạng PAR INDEX năm 2019\nTT;Tỉnh;Điểm\n1;Quảng Ninh;90,09\n2;Hà Nội;84,64\n", nil,
			[]string{"par vn63:22 2019 s=90.09", "par vn63:01 2019 s=84.64"}, nil},
		{"missing is not zero", "x.csv", "PAPI 2021\nTỉnh;Tổng điểm\nQuảng Ninh;0\nHà Nội;43,25\nLong An;-\nCà Mau;N/A\n", nil, []string{"papi vn63:01 2021 s=43.25"}, nil},
		{"the same number twice, differently", "x.csv", "PAR INDEX năm 2019\nTỉnh;Điểm\nLong An;84,24\nHà Nội;83,05\nLong An;84,25\n", nil, []string{"par vn63:80 2019 s=84.24", "par vn63:01 2019 s=83.05"}, []string{"contradiction"}},
		{"Tây Ninh of after the merger", "x.csv", "PAR INDEX năm 2024\nTỉnh;Điểm\nTây Ninh;84,24\nLong An;83,05\n", nil, []string{"par vn63:72 2024 s=84.24", "par vn63:80 2024 s=83.05"}, nil},
		{"Long An in a period of 34", "x.csv", "Chỉ số 766 tháng 10/2025\nTỉnh;Điểm\nLong An;84,24\nHà Nội;83,05\n", nil, []string{"s766 vn34:01 2025-10 s=83.05"}, []string{"unknown-unit"}},
		{"two indices in the title", "x.csv", "PAR INDEX và SIPAS năm 2019\nTỉnh;Điểm\nLong An;84,24\nHà Nội;83,05\n", nil, nil, []string{"missing-index"}},
		{"years of comparison in the title", "x.csv", "PAR INDEX năm 2019 so với năm 2018\nTỉnh;Điểm;Tăng/giảm so với năm 2018\nLong An;84,24;3\nHà Nội;83,05;-1\n", nil,
			[]string{"par vn63:80 2019 s=84.24", "par vn63:01 2019 s=83.05"}, nil},
		{"a month in the sheet's name", "x.csv", "Chỉ số 766 năm 2025, tháng 9\nTỉnh;Điểm\nBắc Ninh;91,5\nAn Giang;80,5\n", nil, []string{"s766 vn34:24 2025-09 s=91.5", "s766 vn34:91 2025-09 s=80.5"}, nil},
		{"years under a title of a month", "x.csv", "Chỉ số 766 tháng 10/2025\nTỉnh;2024;2025\nBắc Ninh;91,5;92,5\nAn Giang;80,5;82,25\n", nil, nil, []string{"ambiguous-period"}},
		{"decimal commas cut in two", "x.csv", "PAR INDEX năm 2019\nTỉnh,Điểm,Hạng\nLong An,84,24,5\nHà Nội,83,05,6\n", nil, nil, []string{"broken-columns"}},
		{"places within a region that do not say so", "x.csv", "PAR INDEX năm 2021 các tỉnh ĐBSCL\nTỉnh;Điểm;Hạng\nLong An;86,9;2\nHậu Giang;86,5;3\nCần Thơ;87,5;1\n", nil,
			[]string{"par vn63:80 2021 s=86.9", "par vn63:93 2021 s=86.5", "par vn63:92 2021 s=87.5"}, []string{"unknown-scope"}},
		{"the same, the scope said", "x.csv", "PAR INDEX năm 2021 các tỉnh ĐBSCL\nTỉnh;Hạng\nLong An;2\nHậu Giang;3\nCần Thơ;1\n", []string{"scope", "vn63:r:DBSCL"},
			[]string{"par vn63:80 2021 #2/13 in vn63:r:DBSCL", "par vn63:93 2021 #3/13 in vn63:r:DBSCL", "par vn63:92 2021 #1/13 in vn63:r:DBSCL"}, nil},
		{"a denominator of the region", "x.csv", "PAR INDEX năm 2021\nTỉnh;Hạng\nLong An;2/13\nHậu Giang;3/13\n", nil,
			[]string{"par vn63:80 2021 #2/13 in vn63:r:DBSCL", "par vn63:93 2021 #3/13 in vn63:r:DBSCL"}, nil},
		{"places beside every part", "x.csv", "PCI năm 2019\nTỉnh;Tổng điểm;Hạng;Tính minh bạch;Hạng;Đào tạo lao động;Hạng\nLong An;68,82;8;6,5;20;7,25;11\nHà Nội;68,8;9;6,25;30;7,75;2\n", nil,
			[]string{"pci vn63:80 2019 s=68.82 #8/63", "pci vn63:80 2019 c=CSTP3 s=6.5 #20/63", "pci vn63:80 2019 c=CSTP9 s=7.25 #11/63", "pci vn63:01 2019 s=68.8 #9/63", "pci vn63:01 2019 c=CSTP3 s=6.25 #30/63", "pci vn63:01 2019 c=CSTP9 s=7.75 #2/63"}, nil},
		{"a place beside something unknown", "x.csv", "PCI năm 2019\nTỉnh;Điểm PCI;Chỉ số lạ;Hạng\nLong An;68,82;6,5;20\nHà Nội;68,8;6,25;30\n", nil,
			[]string{"pci vn63:80 2019 s=68.82", "pci vn63:01 2019 s=68.8"}, nil},
		{"of the total or of the part", "x.csv", "PCI năm 2019\nTỉnh;Điểm PCI;Tính minh bạch;Hạng\nLong An;68,82;6,5;20\nHà Nội;68,8;6,25;30\n", nil,
			[]string{"pci vn63:80 2019 s=68.82", "pci vn63:80 2019 c=CSTP3 s=6.5", "pci vn63:01 2019 s=68.8", "pci vn63:01 2019 c=CSTP3 s=6.25"}, []string{"ambiguous-column"}},
		{"the index in the headings alone", "x.csv", "Năm 2019\nTỉnh;PCI;Hạng\nLong An;68,82;8\nHà Nội;68,8;9\n", nil, []string{"pci vn63:80 2019 s=68.82 #8/63", "pci vn63:01 2019 s=68.8 #9/63"}, nil},
		{"dates that a spreadsheet made of places", "x.csv", "PAR INDEX năm 2019\nTỉnh;Hạng\nLong An;05-Thg12\nHà Nội;6\n", nil, []string{"par vn63:01 2019 #6/63"}, []string{"bad-place"}},
		{"departments that say their province", "x.csv", "Chỉ số 766 năm 2025\nĐơn vị;Điểm\nSở Y tế - tỉnh An Giang;92,5\nSở Y tế - tỉnh Bắc Ninh;91,5\n", nil, []string{"s766 vn34:91/so-y-te 2025 s=92.5 in vn34:91", "s766 vn34:24/so-y-te 2025 s=91.5 in vn34:24"}, nil},
		{"months and years in columns of their own", "x.csv", "Chỉ số 766\nTháng;Năm;Tỉnh;Điểm\n8;2025;An Giang;86,25\n9;2025;An Giang;80,8\n", nil, []string{"s766 vn34:91 2025-08 s=86.25", "s766 vn34:91 2025-09 s=80.8"}, nil},
		{"quarters of one unit", "x.csv", "quarter,year,score\n1,2025,37.2\n2,2025,52\n", []string{"index", "s766", "unit", "vn34:91"}, []string{"s766 vn34:91 2025-Q1 s=37.2", "s766 vn34:91 2025-Q2 s=52"}, nil},
		{"numbers under Tháng that are none", "x.csv", "Chỉ số 766 năm 2025\nTỉnh;Tháng;Điểm\nAn Giang;50;86,25\nBắc Ninh;60;80,8\n", nil, []string{"s766 vn34:91 2025 s=86.25", "s766 vn34:24 2025 s=80.8"}, nil},
		{"VNI", "x.csv", "Chæ soá PCI naêm 2019\nTænh;Ñieåm;Haïng\nHaø Noäi;68,8;9\nÑoàng Nai;65,82;23\n", nil, []string{"pci vn63:01 2019 s=68.8 #9/63", "pci vn63:75 2019 s=65.82 #23/63"}, nil},
		{"decisions in the title", "x.csv", "KẾT QUẢ CHỈ SỐ CCHC NĂM 2019\n(Kèm theo Quyết định số 1150/QĐ-BNV ngày 30/12/2019 của Bộ Nội vụ)\nTỉnh;Điểm\nLong An;84,24\nHà Nội;83,05\n", nil,
			[]string{"par vn63:80 2019 s=84.24", "par vn63:01 2019 s=83.05"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, r := read(t, input(tt.file, []byte(tt.text), tt.options...))
			var codes []string
			for _, p := range c.problems {
				if !p.Warning {
					codes = append(codes, p.Code)
				}
			}
			if d := cmp.Diff(tt.want, lines(c)); d != "" {
				t.Errorf("facts (-want +got):\n%s%s\n%+v", d, c.said(), r.Mapping)
			}
			if len(tt.problems) == 0 && len(codes) > 0 {
				t.Errorf("refused:\n%s", c.said())
			}
			for _, want := range tt.problems {
				if !strings.Contains(strings.Join(codes, " "), want) {
					t.Errorf("no problem %s:\n%s", want, c.said())
				}
			}
		})
	}
}
